// A simulated instrument → a record of each transaction, value by value in the order of kis/layouts.ts. A column this file has no
// value for is a mistake, and is named when the simulator starts to use that layout.
//
// 005930^114827^314000^5^-15000^-4.56^303993.34^293000^315500^292500^314000^313500^489^21357216^6492458500000^… (KRX, 2026-06-08)
// DNASAAPL^AAPL^4^20230502^20230502^091912^20230502^221912^169.9200^170.1000^169.4200^169.7850^2^0.1950^… (US, 2023-05-02)
import { columnsFor, knownWidth, layoutOf } from '../kis/layout.ts'
import type { Day } from './day.ts'
import { levels, type Side, type SimulatedInstrument, totalOf } from './market.ts'

/** Writes one record, its values joined by carets. */
export type RowWriter = (instrument: SimulatedInstrument) => string

type Value = (instrument: SimulatedInstrument) => string | number

/** Widths asked for; a transaction that never had such a width keeps its own. */
export type Widths = { readonly trade?: number; readonly book?: number }

const usMarkets: ReadonlySet<string> = new Set(['NAS', 'NYS', 'AMS', 'BAQ', 'BAY', 'BAA'])

/** `key`: what it was registered under, which overseas records repeat. */
export function rowWriter(tr: string, width: number, key: string): RowWriter {
  const layout = layoutOf(tr)
  if (layout === undefined) throw new Error(`${tr} has no layout`)
  const values = columnsFor(layout, width).map(([name]): Value => {
    const value = name === 'RSYM' ? () => key : columns.get(name)
    if (value === undefined) throw new Error(`${tr}: the simulator has no value for column ${name}`)
    return value
  })
  const [first, ...rest] = values
  return instrument => {
    let row = `${first?.(instrument)}`
    for (let i = 0; i < rest.length; i++) row += `^${(rest[i] as Value)(instrument)}`
    return row
  }
}

/** How wide a record of this transaction is: as asked for where KIS ever sent it so, else as KIS sends it now. */
export function rowWidth(tr: string, venue: string, widths: Widths): number {
  const layout = layoutOf(tr)
  if (layout === undefined) return 0
  // Ten levels in the US, one in Asia (protocol notes 5.5).
  if (tr === 'HDFSASP0') return usMarkets.has(venue) ? knownWidth(layout) : layout.minWidth
  const asked = tr.endsWith('CNT0') ? widths.trade : widths.book
  return asked !== undefined && Object.hasOwn(layout.widths, asked) ? asked : layout.columns.length
}

/** 1 upper limit, 2 up, 3 flat, 4 lower limit, 5 down. No simulated price comes near its limit. */
function signOf(change: number): string {
  return change > 0 ? '2' : change < 0 ? '5' : '3'
}

/** Two decimals, rounded. */
function percent(value: number): string {
  const hundredths = Math.round(Math.abs(value) * 100)
  const text = `${Math.floor(hundredths / 100)}.${String(hundredths % 100).padStart(2, '0')}`
  return value < 0 && hundredths > 0 ? `-${text}` : text
}

function share(part: number, whole: number): string {
  return percent(whole === 0 ? 0 : (part / whole) * 100)
}

/** `169.7850`: a price with the decimals of its grid. */
function decimal(price: number, decimals: number): string {
  if (decimals === 0) return `${price}`
  const unit = 10 ** decimals
  const whole = Math.floor(price / unit)
  // With a one in front, the fraction keeps its leading zeros.
  return `${whole}.${String(unit + price - whole * unit).slice(1)}`
}

function changeOf({ price, previousClose }: Day): number {
  return price - previousClose
}

/** 1 pre-market, 2 regular, 3 after-market (since 2026-09-14). */
function koreanSession(time: string): string {
  return time < '090000' ? '1' : time < '153000' ? '2' : '3'
}

/** Captures have 1 before the US open and 2 in regular hours and in the day market; the documents say the reverse. */
function overseasSession({ listing, stamp }: SimulatedInstrument): string {
  if (!usMarkets.has(listing.venue)) return '1'
  if (listing.venue.startsWith('BA')) return '2'
  const { time } = stamp.local
  return time < '093000' ? '1' : time < '160000' ? '2' : '3'
}

/** The part of the Korean trading day that is over, to guess yesterday's volume at this time. */
function partOfDay(time: string): number {
  const minutes = Number(time.slice(0, 2)) * 60 + Number(time.slice(2, 4))
  return Math.min(1, Math.max(0.01, (minutes - 540) / 390))
}

function volumeYesterdayBy({ listing, stamp }: SimulatedInstrument): number {
  return Math.round(listing.previousVolume * partOfDay(stamp.korea.time))
}

function midPrice({ asks, bids }: SimulatedInstrument): number {
  return ((asks.prices[0] ?? 0) + (bids.prices[0] ?? 0)) / 2
}

const koreanTrade: Readonly<Record<string, Value>> = {
  MKSC_SHRN_ISCD: ({ listing }) => listing.symbol,
  STCK_CNTG_HOUR: ({ stamp }) => stamp.korea.time,
  STCK_PRPR: ({ day }) => day.price,
  PRDY_VRSS_SIGN: ({ day }) => signOf(changeOf(day)),
  // Signed, although a sign code stands before it.
  PRDY_VRSS: ({ day }) => changeOf(day),
  PRDY_CTRT: ({ day }) => percent((changeOf(day) / day.previousClose) * 100),
  WGHN_AVRG_STCK_PRC: ({ day }) => percent(day.cumulativeValue / day.cumulativeVolume),
  STCK_OPRC: ({ day }) => day.open,
  STCK_HGPR: ({ day }) => day.high,
  STCK_LWPR: ({ day }) => day.low,
  CNTG_VOL: ({ day }) => day.volume,
  ACML_VOL: ({ day }) => day.cumulativeVolume,
  ACML_TR_PBMN: ({ day }) => day.cumulativeValue,
  SELN_CNTG_CSNU: ({ day }) => day.sellCount,
  SHNU_CNTG_CSNU: ({ day }) => day.buyCount,
  NTBY_CNTG_CSNU: ({ day }) => day.buyCount - day.sellCount,
  CTTR: ({ day }) => share(day.buyVolume, day.sellVolume),
  SELN_CNTG_SMTN: ({ day }) => day.sellVolume,
  SHNU_CNTG_SMTN: ({ day }) => day.buyVolume,
  CCLD_DVSN: ({ day }) => (day.buyInitiated ? '1' : '5'),
  CNTG_CLS_CODE: ({ day }) => (day.buyInitiated ? '1' : '5'),
  // A fraction of the day's whole volume, always a hundredth above the rounded-down value: 0.01 for none (2026-09-08), 0.49
  // for 0.4825 (2026-06-08).
  SHNU_RATE: ({ day }) => percent((Math.floor((day.buyVolume / day.cumulativeVolume) * 100) + 1) / 100),
  PRDY_VOL_VRSS_ACML_VOL_RATE: ({ day, listing }) => share(day.cumulativeVolume, listing.previousVolume),
  OPRC_HOUR: ({ day }) => day.openTime,
  OPRC_VRSS_PRPR_SIGN: ({ day }) => signOf(day.price - day.open),
  OPRC_VRSS_PRPR: ({ day }) => day.price - day.open,
  HGPR_HOUR: ({ day }) => day.highTime,
  HGPR_VRSS_PRPR_SIGN: ({ day }) => signOf(day.price - day.high),
  HGPR_VRSS_PRPR: ({ day }) => day.price - day.high,
  LWPR_HOUR: ({ day }) => day.lowTime,
  LWPR_VRSS_PRPR_SIGN: ({ day }) => signOf(day.price - day.low),
  LWPR_VRSS_PRPR: ({ day }) => day.price - day.low,
  BSOP_DATE: ({ stamp }) => stamp.businessDate,
  // In session, normal.
  NEW_MKOP_CLS_CODE: () => '20',
  TRHT_YN: () => 'N',
  VOL_TNRT: ({ day, listing }) => share(day.cumulativeVolume, listing.listedShares),
  PRDY_SMNS_HOUR_ACML_VOL: volumeYesterdayBy,
  PRDY_SMNS_HOUR_ACML_VOL_RATE: instrument => share(instrument.day.cumulativeVolume, volumeYesterdayBy(instrument)),
  HOUR_CLS_CODE: () => '0',
  // Empty on the wire, almost always.
  MRKT_TRTM_CLS_CODE: () => '',
  // The reference of a static interruption is the last auction's price.
  VI_STND_PRC: ({ day }) => day.open,
  MARKET_CLS_CODE: ({ stamp }) => koreanSession(stamp.korea.time),
}

const koreanBook: Readonly<Record<string, Value>> = {
  BSOP_HOUR: ({ stamp }) => stamp.korea.time,
  TOTAL_ASKP_RSQN: ({ asks }) => totalOf(asks),
  TOTAL_BIDP_RSQN: ({ bids }) => totalOf(bids),
  OVTM_TOTAL_ASKP_RSQN: () => '0',
  OVTM_TOTAL_BIDP_RSQN: () => '0',
  // Without an auction the expected price reads 0, and its change minus the previous close; the volume is that of the last one.
  ANTC_CNPR: () => '0',
  ANTC_CNQN: () => '0',
  ANTC_VOL: ({ day }) => day.auctionVolume,
  ANTC_CNTG_VRSS: ({ day }) => -day.previousClose,
  ANTC_CNTG_VRSS_SIGN: () => '5',
  ANTC_CNTG_PRDY_CTRT: () => '-100.00',
  TOTAL_ASKP_RSQN_ICDC: ({ asks }) => totalOf(asks) - asks.shownTotal,
  TOTAL_BIDP_RSQN_ICDC: ({ bids }) => totalOf(bids) - bids.shownTotal,
  OVTM_TOTAL_ASKP_ICDC: () => '0',
  OVTM_TOTAL_BIDP_ICDC: () => '0',
  STCK_DEAL_CLS_CODE: () => '0',
  // Mid-price orders: none here, as in most captures.
  MID_PRC: midPrice,
  MIDP_TOTAL_RSQN: () => '0',
  MIDP_CLS_CODE: () => '0',
  KMID_PRC: midPrice,
  KMID_TOTAL_RSQN: () => '0',
  KMID_CLS_CODE: () => '0',
  NMID_PRC: midPrice,
  NMID_TOTAL_RSQN: () => '0',
  NMID_CLS_CODE: () => '0',
  // 1 KRX, 2 NXT.
  ANTC_EXCH_CLS_CODE: () => '1',
}

const overseas: Readonly<Record<string, Value>> = {
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
    const rate = percent((changeOf(day) / day.previousClose) * 100)
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

/** The columns of each level. Korean names first, then the overseas ones, which carry decimals and changes. */
function levelColumns(level: number): [name: string, value: Value][] {
  const i = level - 1
  const price = (side: Side) => side.prices[i] ?? 0
  const volume = (side: Side) => side.volumes[i] ?? 0
  const change = (side: Side) => volume(side) - (side.shownVolumes[i] ?? 0)
  return [
    [`ASKP${level}`, ({ asks }) => price(asks)],
    [`BIDP${level}`, ({ bids }) => price(bids)],
    [`ASKP_RSQN${level}`, ({ asks }) => volume(asks)],
    [`BIDP_RSQN${level}`, ({ bids }) => volume(bids)],
    [`PBID${level}`, ({ bids, listing }) => decimal(price(bids), listing.grid.decimals)],
    [`PASK${level}`, ({ asks, listing }) => decimal(price(asks), listing.grid.decimals)],
    [`VBID${level}`, ({ bids }) => volume(bids)],
    [`VASK${level}`, ({ asks }) => volume(asks)],
    [`DBID${level}`, ({ bids }) => change(bids)],
    [`DASK${level}`, ({ asks }) => change(asks)],
  ]
}

const columns: ReadonlyMap<string, Value> = new Map([
  ...Object.entries(koreanTrade),
  ...Object.entries(koreanBook),
  ...Object.entries(overseas),
  ...Array.from({ length: levels }, (_, i) => levelColumns(i + 1)).flat(),
])
