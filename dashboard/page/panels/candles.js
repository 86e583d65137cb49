// Bars for the chart: those that the server published, and one in the making, from trades. The server's bar
// replaces ours; one that it did not publish, because a part of it is missing, stays and is drawn faint.

/** @typedef {import('../../bar-history.ts').BarRow} BarRow */
/** @typedef {import('../../messages.ts').TapeRow} TapeRow */
/**
 * @typedef {{ time: number, open: number, high: number, low: number, close: number, volume: number, isWhole:
 *   boolean }} Candle
 */

const mostCandles = 1_440

/** @param {BarRow} row @returns {Candle} */
const candleOf = ([time, open, high, low, close, volume, isWhole]) => ({
  time,
  open,
  high,
  low,
  close,
  volume,
  isWhole,
})

/** @param {number} seconds Length of a candle. */
export function createCandles(seconds) {
  /** @type {Candle[]} */
  let candles = []

  /** @param {number} time */
  const bucketOf = time => Math.floor(time / seconds) * seconds

  /** @param {Candle} candle @returns {Candle} */
  function put(candle) {
    const at = candles.findLastIndex(({ time }) => time <= candle.time)
    if (candles[at]?.time === candle.time) candles[at] = candle
    else candles.splice(at + 1, 0, candle)
    if (candles.length > mostCandles) candles.shift()
    return candle
  }

  return {
    all: () => candles,
    /** @param {readonly BarRow[]} rows */
    reset(rows) {
      candles = rows.map(candleOf)
    },
    /**
     * A five-second bar that the server published: as it is, or as a part of a longer one.
     * @param {BarRow} row
     */
    bar(row) {
      const bar = candleOf(row)
      const time = bucketOf(bar.time)
      if (time === bar.time && seconds === 5) return put(bar)
      const known = candles.findLast(candle => candle.time === time)
      // The trades are in the longer candle already; only its edges may be new.
      if (known === undefined) return put({ ...bar, time, isWhole: false })
      return put({ ...known, high: Math.max(known.high, bar.high), low: Math.min(known.low, bar.low) })
    },
    /**
     * A minute that the server has put together anew, because a part of it was repaired.
     * @param {BarRow} row
     */
    minute: row => put(candleOf(row)),
    /** @param {TapeRow} trade @returns {Candle | undefined} */
    trade([eventTime, price, volume]) {
      if (eventTime === null || price === null) return undefined
      const time = bucketOf(eventTime / 1000)
      const last = candles.at(-1)
      // The server publishes bars that are over.
      if (last !== undefined && time < last.time) return undefined
      if (last === undefined || last.time !== time) {
        return put({
          time,
          open: price,
          high: price,
          low: price,
          close: price,
          volume: volume ?? 0,
          isWhole: seconds > 5 && last !== undefined,
        })
      }
      return put({
        ...last,
        high: Math.max(last.high, price),
        low: Math.min(last.low, price),
        close: price,
        volume: last.volume + (volume ?? 0),
      })
    },
  }
}
