// The figures of one bar, and how a trade enters them: at the end, as nearly all do, or in its place when it
// is late.

/** The figures that a bar needs of a trade. */
export type BarTrade = {
  readonly price: number
  readonly volume: number
  readonly eventTime: number
  readonly cumulativeVolume: number | null
}

export type Figures = {
  readonly startTime: number
  readonly endTime: number
  open: number
  high: number
  low: number
  close: number
  volume: number
  tradeCount: number
  /**
   * When the trades of `open` and `close` happened, and the day's total with them; NaN when it is not known.
   */
  openTime: number
  openTotal: number
  closeTime: number
  closeTotal: number
}

export function figuresOf(startTime: number, endTime: number, trade: BarTrade): Figures {
  const { price, volume, eventTime, cumulativeVolume } = trade
  const total = cumulativeVolume ?? Number.NaN
  return {
    startTime,
    endTime,
    open: price,
    high: price,
    low: price,
    close: price,
    volume,
    tradeCount: 1,
    openTime: eventTime,
    openTotal: total,
    closeTime: eventTime,
    closeTotal: total,
  }
}

/** A trade in order: the order within a second is the order of arrival. */
export function append(figures: Figures, { price, volume, eventTime, cumulativeVolume }: BarTrade): void {
  if (price > figures.high) figures.high = price
  if (price < figures.low) figures.low = price
  figures.close = price
  figures.closeTime = eventTime
  figures.closeTotal = cumulativeVolume ?? Number.NaN
  figures.volume += volume
  figures.tradeCount++
}

/** A late trade: the day's totals give its place, or the times where a total is not known. */
export function insert(figures: Figures, trade: BarTrade): void {
  const { price, volume, eventTime } = trade
  const total = trade.cumulativeVolume ?? Number.NaN
  if (total < figures.openTotal || (!(total > figures.openTotal) && eventTime < figures.openTime)) {
    figures.open = price
    figures.openTime = eventTime
    figures.openTotal = total
  }
  if (total > figures.closeTotal || (!(total < figures.closeTotal) && eventTime >= figures.closeTime)) {
    figures.close = price
    figures.closeTime = eventTime
    figures.closeTotal = total
  }
  if (price > figures.high) figures.high = price
  if (price < figures.low) figures.low = price
  figures.volume += volume
  figures.tradeCount++
}
