// The order book: asks above, bids below, best in the middle, the waiting volume as a bar behind each price.
import { byId, childrenOf, keepChildren, make, setAttribute, setText } from '../dom.js'
import { formatNumber, formatPrice, formatShort, koreanTime } from '../format.js'
import { say } from '../words.js'

/** @typedef {NonNullable<import('../../messages.ts').Watched['book']>} Book */
/**
 * @typedef {{ key: string, side: 'ask' | 'bid' | 'middle', price: number | null, volume: number | null }}
 *   Row
 */

/** Whole where there is room for it. @param {number | null} total */
const formatTotal = total => ((total ?? 0) < 1_000_000 ? formatNumber(total) : formatShort(total))

export function createBook() {
  const body = /** @type {Element} */ (byId('book').querySelector('tbody'))

  /** @param {Row} row */
  function createRow({ side }) {
    if (side === 'middle') return make('tr.middle', {}, make('td'), make('td'))
    return make(`tr.${side}`, {}, make('td', {}, make('i.depth'), make('span')), make('td.at'))
  }

  return {
    clear() {
      body.replaceChildren()
      byId('book-empty').hidden = false
      setText(byId('book-time'), '')
    },
    /** @param {string} instrument @param {Book} book */
    show(instrument, { bids, asks, totalBid, totalAsk, time }) {
      byId('book-empty').hidden = bids.length + asks.length > 0
      const most = Math.max(1, ...[...bids, ...asks].map(([, volume]) => volume ?? 0))
      /** @type {(side: 'ask' | 'bid', levels: Book['bids']) => Row[]} */
      const rowsOf = (side, levels) =>
        levels.map(([price, volume], index) => ({ key: `${side} ${index}`, side, price, volume }))
      /** @type {Row} */
      const middle = { key: 'middle', side: 'middle', price: null, volume: null }
      const rows = [...rowsOf('ask', asks).toReversed(), middle, ...rowsOf('bid', bids)]
      keepChildren(
        body,
        rows,
        ({ key }) => key,
        createRow,
        (element, { side, price, volume }) => {
          const [first, second] = childrenOf(element)
          if (side === 'middle') {
            const [bid] = bids[0] ?? [null]
            const [ask] = asks[0] ?? [null]
            const spread = bid === null || ask === null ? null : Number((ask - bid).toFixed(4))
            setText(first, `${say('book-total')} ${formatTotal(totalAsk)} / ${formatTotal(totalBid)}`)
            setText(second, `${say('spread')} ${formatPrice(instrument, spread)}`)
            return
          }
          const bar = /** @type {HTMLElement} */ (first.firstElementChild)
          const width = `${(((volume ?? 0) / most) * 100).toFixed(1)}%`
          if (bar.style.width !== width) bar.style.width = width
          setText(/** @type {Element} */ (first.lastElementChild), formatNumber(volume))
          setText(second, formatPrice(instrument, price))
          setAttribute(second, 'class', 'at')
        },
      )
      setText(byId('book-time'), `${koreanTime(time)} KST`)
    },
  }
}
