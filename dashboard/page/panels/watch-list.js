// The list of instruments: price, change from the previous close, and whether data flows. Arrow keys choose.
import { byId, childrenOf, keepChildren, make, setAttribute, setText } from '../dom.js'
import { changeOf, classOfChange, formatChange, formatPrice } from '../format.js'
import { say } from '../words.js'

/** @typedef {import('../../messages.ts').PriceRow} PriceRow */
/** @typedef {import('../../view.ts').SubscriptionView} SubscriptionView */

/** The worst of an instrument's channels is what its dot shows. */
const worstFirst = /** @type {const} */ (['refused', 'stale', 'none', 'waiting', 'flowing'])

/** @param {{ onChoose(instrument: string): void }} listener */
export function createWatchList({ onChoose }) {
  const list = byId('watch-list')
  /** @type {Map<string, PriceRow>} */
  const prices = new Map()
  /** @type {Map<string, string>} */
  const flows = new Map()
  /** @type {string[]} */
  let instruments = []
  /** Instruments whose market is down or has no line: their prices are old. @type {Set<string>} */
  let old = new Set()
  let chosen = ''
  let isPicked = false

  /** @param {string} instrument */
  function choose(instrument) {
    if (instrument === '' || instrument === chosen) return
    chosen = instrument
    show()
    reveal(document.getElementById(`watch-${instrument}`))
    onChoose(instrument)
  }

  /** By the reader. @param {string} instrument */
  function pick(instrument) {
    isPicked = true
    choose(instrument)
  }

  /**
   * By hand: scrollIntoView would also move where the Tab key goes on from.
   * @param {HTMLElement | null} row
   */
  function reveal(row) {
    if (row === null) return
    const { offsetTop, offsetHeight } = row
    if (offsetTop < list.scrollTop) list.scrollTop = offsetTop
    if (offsetTop + offsetHeight > list.scrollTop + list.clientHeight)
      list.scrollTop = offsetTop + offsetHeight - list.clientHeight
  }

  /** Says what the change is from, and marks instruments whose previous close is not known yet. */
  function showReference() {
    const shown = [...prices.values()].filter(([, price]) => price !== null)
    const some = shown.some(([, , previousClose, open]) => previousClose === null && open !== null)
    setText(byId('reference'), `${say('against-previous-close')}${some ? ` · * ${say('against-open')}` : ''}`)
  }

  function show() {
    showReference()
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
    row.addEventListener('click', () => pick(instrument))
    return row
  }

  /** @param {HTMLElement} row @param {string} instrument */
  function updateRow(row, instrument) {
    const [, price = null, previousClose = null, open = null] = prices.get(instrument) ?? []
    const [dot, , last, move] = childrenOf(row)
    const change = changeOf(price, previousClose ?? open)
    setAttribute(row, 'aria-selected', String(instrument === chosen))
    setAttribute(row, 'data-old', String(old.has(instrument)))
    setAttribute(dot, 'data-flow', flows.get(instrument) ?? 'none')
    setText(last, formatPrice(instrument, price))
    const isSinceOpen = change !== null && previousClose === null
    setText(move, `${formatChange(change)}${isSinceOpen ? '*' : ''}`)
    setAttribute(move, 'title', isSinceOpen ? say('against-open') : null)
    setAttribute(move, 'class', `figure move ${classOfChange(change)}`)
  }

  list.addEventListener('keydown', event => {
    const at = instruments.indexOf(chosen)
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: instruments.length - 1 }[event.key]
    const next = to === undefined ? undefined : instruments[to]
    if (to !== undefined) event.preventDefault()
    if (next !== undefined) pick(next)
  })

  return {
    choose,
    chosen: () => chosen,
    isPicked: () => isPicked,
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
      showReference()
      if (list.children.length !== instruments.length) show()
    },
    /** @param {import('../../view.ts').StatusView} status */
    showSubscriptions({ subscriptions, turns, up }) {
      const asked = [...new Set(subscriptions.map(({ instrument }) => instrument))]
      const marketOf = new Map(subscriptions.map(({ instrument, market }) => [instrument, market]))
      /** @param {readonly string[]} markets @param {string} name */
      const isIn = (markets, name) => markets.includes(marketOf.get(name) ?? '')
      // Those of the markets that have a line stand first: they are the ones that move.
      const order = /** @param {string} name */ name => (isIn(turns, name) ? 0 : 1)
      old = new Set(asked.filter(name => !isIn(up, name)))
      instruments = [...new Set([...asked.toSorted((a, b) => order(a) - order(b)), ...prices.keys()])]
      for (const instrument of asked) {
        const own = subscriptions
          .filter(one => one.instrument === instrument)
          .map(({ flow, status }) => (status === 'refused' ? status : flow))
        flows.set(instrument, worstFirst.find(flow => own.includes(flow)) ?? 'none')
      }
      show()
    },
    instruments: () => instruments,
    isOld: (/** @type {string} */ instrument) => old.has(instrument),
  }
}
