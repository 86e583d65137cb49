// The tape: the last trades, newest on top. Rows are reused, so many trades build no elements.
import { byId, childrenOf, make, setText } from '../dom.js'
import { formatNumber, formatPrice, koreanTime } from '../format.js'
import { say } from '../words.js'

/** @typedef {import('../../messages.ts').TapeRow} TapeRow */

const mostRows = 40

export function createTape() {
  const body = /** @type {HTMLElement} */ (byId('tape').querySelector('tbody'))
  /** @type {TapeRow[]} */
  let trades = []
  /** @type {{ at: number, count: number }[]} */
  let arrivals = []

  /** @param {string} instrument */
  function show(instrument) {
    while (body.children.length < trades.length) body.append(make('tr', {}, make('td'), make('td'), make('td')))
    while (body.children.length > trades.length) body.lastElementChild?.remove()
    trades.forEach(([time, price, volume, side], index) => {
      const row = /** @type {HTMLElement} */ (body.children[index])
      const [when, at, amount] = childrenOf(row)
      setText(when, koreanTime(time))
      setText(at, formatPrice(instrument, price))
      setText(amount, `${formatNumber(volume)}${side === null ? '' : side === 'buy' ? ' ▲' : ' ▼'}`)
      const tone = side === null ? '' : side === 'buy' ? 'up' : 'down'
      if (row.className !== tone) row.className = tone
    })
  }

  function showRate() {
    const now = performance.now()
    arrivals = arrivals.filter(({ at }) => now - at < 5_000)
    const perSecond = arrivals.reduce((sum, { count }) => sum + count, 0) / 5
    setText(byId('tape-rate'), say('per-second', { count: perSecond.toFixed(perSecond < 10 ? 1 : 0) }))
  }

  return {
    /** The rate falls without trades, too. */
    tick: showRate,
    clear() {
      trades = []
      arrivals = []
      body.replaceChildren()
      setText(byId('tape-rate'), '')
    },
    /** @param {string} instrument @param {readonly TapeRow[]} fresh @param {number} missed */
    add(instrument, fresh, missed) {
      if (fresh.length === 0) return
      trades = [...fresh.toReversed(), ...trades].slice(0, mostRows)
      arrivals.push({ at: performance.now(), count: fresh.length + missed })
      showRate()
      show(instrument)
    },
  }
}
