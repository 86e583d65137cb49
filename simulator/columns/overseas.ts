// The columns of overseas shares: trades and books. Prices carry decimals, and books their changes.
//
// DNASAAPL^AAPL^4^20230502^20230502^091912^20230502^221912^169.9200^170.1000^169.4200^169.7850^2^0.1950^… (US, 2023-05-02)
import { levels, type Side, type SimulatedInstrument, totalOf } from '../market/market.ts'
import { changeOf, decimal, rateOf, share, signOf, type Value, type Values } from './values.ts'

export const usMarkets: ReadonlySet<string> = new Set(['NAS', 'NYS', 'AMS', 'BAQ', 'BAY', 'BAA'])

/**
 * Captures have 1 before the US open and 2 in regular hours and in the day market; the documents say the
 * reverse.
 */
function overseasSession({ listing, stamp }: SimulatedInstrument): string {
  if (!usMarkets.has(listing.venue)) return '1'
  if (listing.venue.startsWith('BA')) return '2'
  const { time } = stamp.local
  return time < '093000' ? '1' : time < '160000' ? '2' : '3'
}

export const overseasShare: Values = {
  SYMB: ({ listing }) => listing.symbol,
  ZDIV: ({ listing }) => listing.grid.decimals,
  TYMD: ({ stamp }) => stamp.businessDate,
  XYMD: ({ stamp }) => stamp.local.date,
  XHMS: ({ stamp }) => stamp.local.time,
  KYMD: ({ stamp }) => stamp.korea.date,
  KHMS: ({ stamp }) => stamp.korea.time,
  OPEN: ({ day, listing }) => decimal(day.open, listing.grid.decimals),
  HIGH: ({ day, listing }) => decimal(day.high, listing.grid.decimals),
  LOW: ({ day, listing }) => decimal(day.low, listing.grid.decimals),
  LAST: ({ day, listing }) => decimal(day.price, listing.grid.decimals),
  SIGN: ({ day }) => signOf(changeOf(day)),
  // Without a sign, while the rate has one, plus included.
  DIFF: ({ day, listing }) => decimal(Math.abs(changeOf(day)), listing.grid.decimals),
  RATE: ({ day }) => {
    const rate = rateOf(changeOf(day), day)
    return rate.startsWith('-') ? rate : `+${rate}`
  },
  PBID: ({ bids, listing }) => decimal(bids.prices[0] ?? 0, listing.grid.decimals),
  PASK: ({ asks, listing }) => decimal(asks.prices[0] ?? 0, listing.grid.decimals),
  VBID: ({ bids }) => bids.volumes[0] ?? 0,
  VASK: ({ asks }) => asks.volumes[0] ?? 0,
  EVOL: ({ day }) => day.volume,
  TVOL: ({ day }) => day.cumulativeVolume,
  // In whole dollars.
  TAMT: ({ day, listing }) => Math.floor(day.cumulativeValue / 10 ** listing.grid.decimals),
  // Executed at the bid, so sold.
  BIVL: ({ day }) => day.sellVolume,
  ASVL: ({ day }) => day.buyVolume,
  STRN: ({ day }) => share(day.buyVolume, day.sellVolume),
  MTYP: overseasSession,
  BVOL: ({ bids }) => totalOf(bids),
  AVOL: ({ asks }) => totalOf(asks),
  BDVL: ({ bids }) => totalOf(bids) - bids.shownTotal,
  ADVL: ({ asks }) => totalOf(asks) - asks.shownTotal,
}

/** The columns of each level. */
export const overseasLevels: Values = Object.fromEntries(Array.from({ length: levels }, (_, i) => levelAt(i)).flat())

function levelAt(i: number): [name: string, value: Value][] {
  const price = (side: Side) => side.prices[i] ?? 0
  const volume = (side: Side) => side.volumes[i] ?? 0
  const change = (side: Side) => volume(side) - (side.shownVolumes[i] ?? 0)
  return [
    [`PBID${i + 1}`, ({ bids, listing }) => decimal(price(bids), listing.grid.decimals)],
    [`PASK${i + 1}`, ({ asks, listing }) => decimal(price(asks), listing.grid.decimals)],
    [`VBID${i + 1}`, ({ bids }) => volume(bids)],
    [`VASK${i + 1}`, ({ asks }) => volume(asks)],
    [`DBID${i + 1}`, ({ bids }) => change(bids)],
    [`DASK${i + 1}`, ({ asks }) => change(asks)],
  ]
}
