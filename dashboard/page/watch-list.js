// The list of instruments: price, change since the open, and whether data flows. Arrow keys choose.
import { byId, childrenOf, keepChildren, make, setAttribute, setText } from './dom.js'
import { changeOf, classOfChange, formatChange, formatPrice } from './format.js'

/** @typedef {import('../messages.ts').PriceRow} PriceRow */
/** @typedef {import('../view.ts').SubscriptionView} SubscriptionView */

/** The worst of an instrument's channels is what its dot shows. */
const worstFirst = /** @type {const} */ (['stale', 'none', 'waiting', 'flowing'])

/** @param {{ onChoose(instrument: string): void }} told */
export function createWatchList({ onChoose }) {
  const list = byId('watch-list')
  /** @type {Map<string, PriceRow>} */
  const prices = new Map()
  /** @type {Map<string, string>} */
  const flows = new Map()
  /** @type {string[]} */
  let instruments = []
  let chosen = ''

  /** @param {string} instrument */
  function choose(instrument) {
    if (instrument === '' || instrument === chosen) return
    chosen = instrument
    show()
    reveal(document.getElementById(`watch-${instrument}`))
    onChoose(instrument)
  }

  /** By hand: scrollIntoView would also move where the Tab key goes on from. @param {HTMLElement | null} row */
  function reveal(row) {
    if (row === null) return
    const { offsetTop, offsetHeight } = row
    if (offsetTop < list.scrollTop) list.scrollTop = offsetTop
    if (offsetTop + offsetHeight > list.scrollTop + list.clientHeight)
      list.scrollTop = offsetTop + offsetHeight - list.clientHeight
  }

  function show() {
    keepChildren(list, instruments, name => name, createRow, updateRow)
    setAttribute(list, 'aria-activedescendant', chosen === '' ? null : `watch-${chosen}`)
  }

  /** @param {string} instrument */
  function createRow(instrument) {
    const [venue = '', symbol = ''] = instrument.split(':')
    const name = make('span.name', {}, symbol, make('small', {}, venue))
    const row = make(
      'li',
      { role: 'option', id: `watch-${instrument}` },
      make('span.dot'),
      name,
      make('span.figure.last'),
      make('span.figure.move'),
    )
    row.addEventListener('click', () => choose(instrument))
    return row
  }

  /** @param {HTMLElement} row @param {string} instrument */
  function updateRow(row, instrument) {
    const [, price = null, open = null] = prices.get(instrument) ?? []
    const [dot, , last, move] = childrenOf(row)
    const change = changeOf(price, open)
    setAttribute(row, 'aria-selected', String(instrument === chosen))
    setAttribute(dot, 'data-flow', flows.get(instrument) ?? 'none')
    setText(last, formatPrice(instrument, price))
    setText(move, formatChange(change))
    setAttribute(move, 'class', `figure move ${classOfChange(change)}`)
  }

  list.addEventListener('keydown', event => {
    const at = instruments.indexOf(chosen)
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: instruments.length - 1 }[event.key]
    const next = to === undefined ? undefined : instruments[to]
    if (to !== undefined) event.preventDefault()
    if (next !== undefined) choose(next)
  })

  return {
    choose,
    chosen: () => chosen,
    price: (/** @type {string} */ instrument) => prices.get(instrument),
    /** @param {readonly PriceRow[]} rows */
    showPrices(rows) {
      for (const row of rows) {
        prices.set(row[0], row)
        if (!instruments.includes(row[0])) instruments.push(row[0])
      }
      for (const [instrument] of rows) {
        const element = document.getElementById(`watch-${instrument}`)
        if (element !== null) updateRow(element, instrument)
      }
      if (list.children.length !== instruments.length) show()
    },
    /** @param {readonly SubscriptionView[]} subscriptions @param {string | undefined} turn */
    showSubscriptions(subscriptions, turn) {
      const asked = [...new Set(subscriptions.map(({ instrument }) => instrument))]
      // Those of the market that has the line stand first: they are the ones that move.
      const order = /** @param {string} name */ name =>
        subscriptions.find(({ instrument }) => instrument === name)?.market === turn ? 0 : 1
      instruments = [...new Set([...asked.toSorted((a, b) => order(a) - order(b)), ...prices.keys()])]
      for (const instrument of asked) {
        const own = subscriptions.filter(one => one.instrument === instrument).map(({ flow }) => flow)
        flows.set(instrument, worstFirst.find(flow => own.includes(flow)) ?? 'none')
      }
      show()
    },
    instruments: () => instruments,
  }
}
