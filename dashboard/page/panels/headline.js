// The chosen instrument in figures: its price, the change and what it is from, and its day.
import { byId, setText } from '../dom.js'
import { changeOf, classOfChange, formatChange, formatDifference, formatPrice, formatShort } from '../format.js'
import { say } from '../words.js'

/** @typedef {import('../../messages.ts').PriceRow} PriceRow */
/** @typedef {NonNullable<import('../../messages.ts').Watched['day']>} Day */

export function createHeadline() {
  let instrument = ''
  /** @type {PriceRow | undefined} */
  let row
  /** @type {Day | undefined} */
  let day

  function show() {
    const [, price = null, previousClose = null, open = null] = row ?? []
    const reference = previousClose ?? open
    const change = changeOf(price, reference)
    setText(byId('chosen-price'), formatPrice(instrument, price))
    const difference = change === null ? '' : formatDifference(instrument, price, reference)
    setText(byId('chosen-change'), change === null ? '' : `${formatChange(change)} (${difference})`)
    const from = previousClose === null ? 'against-open' : 'against-previous-close'
    setText(byId('chosen-reference'), change === null ? '' : say(from))
    byId('chosen-price').className = `figure ${classOfChange(change)}`
    byId('chosen-change').className = `change ${classOfChange(change)}`
    setText(byId('day-previous'), formatPrice(instrument, previousClose))
    setText(byId('day-open'), formatPrice(instrument, day?.open))
    setText(byId('day-high'), formatPrice(instrument, day?.high))
    setText(byId('day-low'), formatPrice(instrument, day?.low))
    setText(byId('day-volume'), formatShort(day?.volume))
    setText(byId('day-value'), formatShort(day?.value))
  }

  return {
    /** @param {string} chosen @param {PriceRow | undefined} price Nothing of another instrument stays. */
    choose(chosen, price) {
      if (chosen !== instrument) day = undefined
      instrument = chosen
      row = price
      setText(byId('chosen-name'), instrument.replace(':', ' · '))
      show()
    },
    /** @param {PriceRow | undefined} price */
    price(price) {
      if (price?.[0] !== instrument) return
      row = price
      show()
    },
    /** @param {Day | null} changed */
    day(changed) {
      if (changed === null) return
      day = changed
      show()
    },
    /** In another language. */
    show,
  }
}
