// The price and the book of an overseas issue (price, price-detail, inquire-asking-price). Values that the
// stream has too are taken from its record.
import { venues } from '../../../market/instrument.ts'
import { scaleOf } from '../../market/day-bars.ts'
import { changeOf } from '../../market/issue-facts.ts'
import { overseasIssue, type Quote, type Quoting } from '../quoting.ts'
import { createRandom, seedFor } from '../../tape/random.ts'
import { rsymOf } from './days.ts'
import { restShapes } from '../shapes.ts'
import type { Seen } from '../../market/seen.ts'
import { type Block, fill, fillUnknown, type Row, type Values } from '../shape.ts'

type Blocks = Readonly<Record<string, Block>>

/** Unknown symbols: all keys without values, rt_cd 0 (captured of `price`, by analogy for the others). */
const blocksOf =
  (blocks: Blocks, values: (seen: Seen, quoting: Quoting) => Values): Quote =>
  (parameter, quoting) => {
    const asked = overseasIssue(parameter, quoting)
    if ('wrong' in asked) return asked.wrong
    const { seen } = asked
    const known = seen === undefined ? undefined : values(seen, quoting)
    const written = (block: Block): Row => (known === undefined ? fillUnknown(block, 'empty') : fill(block, known))
    return { outputs: Object.fromEntries(Object.entries(blocks).map(([name, block]) => [name, written(block)])) }
  }

/** Prices as texts with the decimals of their venue. */
function priceFacts(seen: Seen, { days }: Quoting) {
  const { trade } = seen
  const decimals = Number(trade['zdiv'])
  const text = (price: number) => price.toFixed(decimals)
  const base = Number(trade['last']) - changeOf(trade['diff'], trade['sign'])
  const all = days.of(seen)
  const before = all.find(({ date }) => date < Number(trade['tymd']))
  return { text, base, all, before, scale: scaleOf(seen) }
}

/** HHDFS00000300. The rate has a sign, or a blank before 0.00 (official examples). */
export const overseasPrice = blocksOf(restShapes['overseas/price'].blocks, (seen, quoting) => {
  const { base, before, text } = priceFacts(seen, quoting)
  const { rate, ...trade } = seen.trade
  return {
    ...trade,
    rsym: rsymOf(seen),
    base: text(base),
    pvol: before?.volume ?? 0,
    rate: Number(rate) === 0 ? ' 0.00' : rate,
    // Free text; python-kis reads that of price-detail.
    ordy: '매수가능',
  }
})

const currencies: Readonly<Record<string, readonly [code: string, won: number]>> = {
  'America/New_York': ['USD', 1_390],
  'Asia/Hong_Kong': ['HKD', 178.5],
  'Asia/Tokyo': ['JPY', 9.2],
  'Asia/Shanghai': ['CNY', 194.3],
  'Asia/Ho_Chi_Minh': ['VND', 0.053],
}

function currencyOf({ venue }: Seen): readonly [code: string, won: number] {
  return currencies[venues[venue].zone] ?? ['USD', 1_390]
}

/** HHDFS76200200. Won at one fixed rate of exchange. */
export const overseasDetail = blocksOf(restShapes['overseas/price-detail'].blocks, (seen, quoting) => {
  const { listing, symbol, trade } = seen
  const { all, base, before, scale, text } = priceFacts(seen, quoting)
  const [currency, won] = currencyOf(seen)
  const random = createRandom(seedFor(`facts ${symbol}`, quoting.seed))
  const last = Number(trade['last'])
  const change = changeOf(trade['diff'], trade['sign'])
  const eps = Math.max(0.01, base / (10 + 50 * random.next()))
  const bps = Math.max(0.01, base / (1 + 9 * random.next()))
  const year = all.filter(({ date }) => date >= (all[0]?.date ?? 0) - 10_000)
  const highest = year.reduce((most, day) => (day.high > most.high ? day : most), year[0] ?? zeroDay)
  const lowest = year.reduce((least, day) => (day.low < least.low ? day : least), year[0] ?? zeroDay)
  return {
    ...trade,
    rsym: rsymOf(seen),
    curr: currency,
    vnit: 1,
    base: text(base),
    pvol: before?.volume ?? 0,
    pamt: before?.value ?? 0,
    // 0 where there is no limit (official example); China and Vietnam have some, which are not simulated.
    uplp: text(0),
    dnlp: text(0),
    h52p: text(highest.high / scale),
    h52d: `${highest.date}`,
    l52p: text(lowest.low / scale),
    l52d: `${lowest.date}`,
    perx: last / eps,
    pbrx: last / bps,
    epsx: eps,
    bpsx: bps,
    shar: listing.listedShares,
    // The capital; `tomv` is the value on the market.
    mcap: 3_000_000,
    tomv: Math.floor(listing.listedShares * last),
    t_xprc: Math.floor(last * won),
    t_xdif: Math.floor(Math.abs(change) * won),
    t_xrat: (change / base) * 100,
    t_xsgn: trade['sign'],
    t_rate: won,
    // Of the day before: nothing during the day (official example).
    p_xprc: 0,
    p_xdif: 0,
    p_xrat: ' 0.00',
    p_xsng: '3',
    p_rate: '',
    // python-kis takes every other value, blank included, for a halted issue.
    e_ordyn: '매매 가능',
    e_hogau: text((listing.grid.up(listing.previousClose) - listing.previousClose) / scale),
    e_icod: '',
    e_parp: text(0),
    etyp_nm: '',
  }
})

const zeroDay = { high: 0, low: 0, date: 0 }

/**
 * HHDFS76200100: one object of ten levels for the US (captured 2026-09-27), although documents say one level
 * in an array. Levels that a venue does not have read 0.
 */
export const overseasBook = blocksOf(restShapes['overseas/inquire-asking-price'].blocks, (seen, quoting) => {
  const { book, symbol, trade } = seen
  const { base, text } = priceFacts(seen, quoting)
  const [currency] = currencyOf(seen)
  const against = (name: string) => {
    const rate = (((Number(trade[name]) - base) / base) * 100).toFixed(2)
    return Number(rate) > 0 ? `+${rate}` : rate
  }
  const levels = Array.from({ length: 10 }, (_, i) => [
    [`pbid${i + 1}`, book[`pbid${i + 1}`] ?? text(0)],
    [`pask${i + 1}`, book[`pask${i + 1}`] ?? text(0)],
    ...['vbid', 'vask', 'dbid', 'dask'].map(name => [`${name}${i + 1}`, book[`${name}${i + 1}`] ?? '0']),
  ])
  return {
    ...trade,
    rsym: rsymOf(seen),
    curr: currency,
    base: text(base),
    dymd: book['kymd'] ?? trade['kymd'],
    dhms: book['khms'] ?? trade['khms'],
    code: symbol,
    ropen: against('open'),
    rhigh: against('high'),
    rlow: against('low'),
    rclose: against('last'),
    ...Object.fromEntries(['bvol', 'avol', 'bdvl', 'advl'].map(name => [name, book[name] ?? '0'])),
    ...Object.fromEntries(levels.flat()),
  }
})
