// Where the values of a trade stand that matter when executions are cut differently: those of the execution,
// and those that run through the day.
import { columnsFor, layoutOf } from '../../kis/wire/layout.ts'
import { cumulativeColumns, volumeColumns } from '../columns/records.ts'

export type TradeColumns = {
  readonly width: number
  readonly price: number
  readonly volume: number
  readonly total: number
  /** The time of day, and the date where there is one. */
  readonly moment: readonly number[]
  /** Open, high and low so far. */
  readonly extremes: readonly number[]
  /** Sums of volume and value: a part of an execution adds its part. */
  readonly sums: readonly number[]
  /** Those that a whole execution adds to, the sums included. */
  readonly running: readonly number[]
  /** Computed of all that. */
  readonly ratios: readonly number[]
}

const prices: ReadonlySet<string> = new Set(['STCK_PRPR', 'LAST', 'FUTS_PRPR', 'OPTN_PRPR'])
const extremes = /^(STCK|FUTS|OPTN)_(OPRC|HGPR|LWPR)$|^(OPEN|HIGH|LOW)$/
const otherSums: ReadonlySet<string> = new Set([
  'ACML_TR_PBMN',
  'TAMT',
  'SELN_CNTG_SMTN',
  'SHNU_CNTG_SMTN',
  'BIVL',
  'ASVL',
])
const counts: ReadonlySet<string> = new Set([
  'SELN_CNTG_CSNU',
  'SHNU_CNTG_CSNU',
  'NTBY_CNTG_CSNU',
  'HTS_OTST_STPL_QTY',
  'OTST_STPL_QTY_ICDC',
])
const ratios: ReadonlySet<string> = new Set([
  'WGHN_AVRG_STCK_PRC',
  'CTTR',
  'SHNU_RATE',
  'PRDY_VOL_VRSS_ACML_VOL_RATE',
  'VOL_TNRT',
  'PRDY_SMNS_HOUR_ACML_VOL_RATE',
  'STRN',
])

const known = new Map<string, TradeColumns | undefined>()

/** Undefined for what is no trade, or has no volume and total. */
export function tradeColumns(tr: string, width: number): TradeColumns | undefined {
  const name = `${tr} ${width}`
  if (!known.has(name)) known.set(name, read(tr, width))
  return known.get(name)
}

function read(tr: string, width: number): TradeColumns | undefined {
  const layout = layoutOf(tr)
  if (layout?.kind !== 'trade') return undefined
  const columns = columnsFor(layout, width)
  const first = (fits: (name: string, type: string) => boolean) => columns.findIndex(([name, type]) => fits(name, type))
  const all = (fits: (name: string) => boolean) => columns.flatMap(([name], at) => (fits(name) ? [at] : []))
  const price = first(name => prices.has(name))
  const volume = first(name => volumeColumns.has(name))
  const total = first(name => cumulativeColumns.has(name))
  const time = first((_, type) => type === 'time6')
  const date = first((_, type) => type === 'date8')
  if ([price, volume, total, time].includes(-1)) return undefined
  const sums = [total, ...all(name => otherSums.has(name))]
  return {
    width,
    price,
    volume,
    total,
    moment: date === -1 ? [time] : [time, date],
    extremes: all(name => extremes.test(name)),
    sums,
    running: [...sums, ...all(name => counts.has(name))],
    ratios: all(name => ratios.has(name)),
  }
}
