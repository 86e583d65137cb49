// The decoder once more, as slow and as plain as possible: split on `|` and `^`, look the column up by its
// name in the protocol tables, Number(). It shares nothing with kis/ but the data the layouts are generated
// from.
import { readFileSync } from 'node:fs'
import type { DecodedEvent } from '../../../kis/wire/decoder.ts'
import type { Level, MarketData } from '../../../market/events.ts'
import type { Instrument } from '../../../market/instrument.ts'

type Spec = { readonly fields: readonly string[]; readonly types: readonly string[] }
const specs = JSON.parse(
  readFileSync(new URL('../../../kis/spec/realtime-trs.json', import.meta.url), 'utf8'),
) as Readonly<Record<string, Spec>>

const venues: Readonly<Record<string, string>> = {
  H0STCNT0: 'KRX',
  H0NXCNT0: 'NXT',
  H0UNCNT0: 'UN',
  H0STASP0: 'KRX',
  H0NXASP0: 'NXT',
  H0UNASP0: 'UN',
}
export const typedTransactions = [...Object.keys(venues), 'HDFSCNT0', 'HDFSASP0', 'HDFSASP1'] as const

/** The narrowest record of each transaction that can be trusted (protocol notes 5). */
const narrowest: Readonly<Record<string, number>> = {
  H0STCNT0: 46,
  H0NXCNT0: 46,
  H0UNCNT0: 46,
  H0STASP0: 59,
  H0NXASP0: 59,
  H0UNASP0: 65,
  HDFSCNT0: 26,
  HDFSASP0: 17,
  HDFSASP1: 17,
}

/**
 * What one frame of a typed transaction means, drift aside; undefined when it is none, or is to be reported
 * whole.
 */
export function referenceDecode(bytes: Uint8Array, receivedTime: number): DecodedEvent[] | undefined {
  // Latin-1 keeps every byte apart, so that splitting the text is splitting the bytes.
  const text = Buffer.from(bytes).toString('latin1')
  const parts = /^0\|([A-Z0-9]{8})\|(\d{1,6})\|([^]*)$/.exec(text)
  if (parts === null) return undefined
  const [, tr = '', digits = '', payload = ''] = parts
  const count = Number(digits)
  const values = payload.split('^')
  const width = values.length / count
  if (count === 0 || !Number.isInteger(width) || width < (narrowest[tr] ?? Number.POSITIVE_INFINITY)) return undefined
  return Array.from({ length: count }, (_, i) => {
    const record = values.slice(i * width, (i + 1) * width)
    const instrument = instrumentOf(tr, record[0] ?? '')
    if (instrument === undefined || isUntrue(tr, record)) {
      // Where it stands, and not in which words.
      return { type: 'malformed', reason: `record ${i + 1} of ${count}`, raw: textOf(record.join('^')), receivedTime }
    }
    return readRecord(tr, instrument, record, receivedTime)
  })
}

function readRecord(tr: string, instrument: Instrument, record: readonly string[], receivedTime: number): MarketData {
  const at = (name: string) => record[specs[tr]?.fields.indexOf(name) ?? -1] ?? ''
  const number = (name: string) => referenceNumber(at(name))
  const overseas = tr.startsWith('HDFS')
  if (tr.endsWith('CNT0')) {
    const side = at(tr === 'H0STCNT0' ? 'CCLD_DVSN' : 'CNTG_CLS_CODE')
    const date = at(overseas ? 'TYMD' : 'BSOP_DATE')
    return {
      type: 'trade',
      instrument,
      price: number(overseas ? 'LAST' : 'STCK_PRPR'),
      volume: number(overseas ? 'EVOL' : 'CNTG_VOL'),
      side: overseas ? null : side === '1' ? 'buy' : side === '5' ? 'sell' : null,
      cumulativeVolume: number(overseas ? 'TVOL' : 'ACML_VOL'),
      cumulativeValue: number(overseas ? 'TAMT' : 'ACML_TR_PBMN'),
      open: number(overseas ? 'OPEN' : 'STCK_OPRC'),
      high: number(overseas ? 'HIGH' : 'STCK_HGPR'),
      low: number(overseas ? 'LOW' : 'STCK_LWPR'),
      previousClose: previousCloseOf(
        number(overseas ? 'LAST' : 'STCK_PRPR'),
        number(overseas ? 'SIGN' : 'PRDY_VRSS_SIGN'),
        number(overseas ? 'DIFF' : 'PRDY_VRSS'),
      ),
      bidPrice: number(overseas ? 'PBID' : 'BIDP1'),
      askPrice: number(overseas ? 'PASK' : 'ASKP1'),
      bidVolume: number(overseas ? 'VBID' : 'BIDP_RSQN1'),
      askVolume: number(overseas ? 'VASK' : 'ASKP_RSQN1'),
      businessDate: /^\d{8}$/.test(date) ? Number(date) : null,
      eventTime: overseas ? instant(at('KYMD'), at('KHMS')) : instant(date, at('STCK_CNTG_HOUR')),
      receivedTime,
    }
  }
  const depth = overseas ? Math.min(10, Math.floor((record.length - 11) / 6)) : 10
  const side = (price: string, volume: string) =>
    Array.from(
      { length: depth },
      (_, i): Level => ({ price: number(`${price}${i + 1}`), volume: number(`${volume}${i + 1}`) }),
    ).filter(level => level.price || level.volume)
  return {
    type: 'order-book',
    instrument,
    bids: overseas ? side('PBID', 'VBID') : side('BIDP', 'BIDP_RSQN'),
    asks: overseas ? side('PASK', 'VASK') : side('ASKP', 'ASKP_RSQN'),
    totalBidVolume: number(overseas ? 'BVOL' : 'TOTAL_BIDP_RSQN'),
    totalAskVolume: number(overseas ? 'AVOL' : 'TOTAL_ASKP_RSQN'),
    eventTime: overseas ? instant(at('KYMD'), at('KHMS')) : nearest(at('BSOP_HOUR'), receivedTime),
    receivedTime,
  }
}

/**
 * Columns whose numbers an event has, by what they are. Books have some of them too, of which no book event
 * tells.
 */
const priceNames = /^(STCK_(PRPR|OPRC|HGPR|LWPR)|ASKP\d+|BIDP\d+|OPEN|HIGH|LOW|LAST|PBID\d*|PASK\d*)$/
const volumeNames =
  /^(CNTG_VOL|ACML_VOL|(ASKP|BIDP)_RSQN\d+|TOTAL_(ASKP|BIDP)_RSQN|EVOL|TVOL|VBID\d*|VASK\d*|BVOL|AVOL)$/
const moneyNames = /^(ACML_TR_PBMN|TAMT)$/
const onlyOfTrades = /^(ACML_VOL|ACML_TR_PBMN|TVOL|TAMT|CNTG_VOL|STCK_PRPR)$/
const timeNames = /^(STCK_CNTG_HOUR|BSOP_HOUR|KHMS)$/
const dateNames = /^(BSOP_DATE|TYMD|KYMD)$/

/** Whether a readable value says what cannot be. */
function isUntrue(tr: string, record: readonly string[]): boolean {
  return (specs[tr]?.fields ?? []).some((name, at) => {
    const text = record[at] ?? ''
    const value = referenceNumber(text)
    if (value === null || (!tr.endsWith('CNT0') && onlyOfTrades.test(name))) return false
    if (timeNames.test(name)) return instant('20260914', text) === null
    if (dateNames.test(name)) return instant(text, '000000') === null
    if (tr.endsWith('CNT0') && (name === 'STCK_PRPR' || name === 'LAST') && value === 0) return true
    if (moneyNames.test(name)) return value < 0 || value > 10 ** 16
    return (priceNames.test(name) || volumeNames.test(name)) && (value < 0 || value > 10 ** 11)
  })
}

/** The price less the change: up for codes 1 and 2, down for 4 and 5. */
function previousCloseOf(price: number | null, sign: number | null, change: number | null): number | null {
  const direction = new Map([
    [1, 1],
    [2, 1],
    [3, 0],
    [4, -1],
    [5, -1],
  ]).get(sign ?? 0)
  if (price === null || change === null || direction === undefined) return null
  const close = Number((price - direction * Math.abs(change)).toFixed(6))
  return close > 0 ? close : null
}

/** Plain decimals by Number(); anything else, exponents and white space included, is no number of KIS's. */
export function referenceNumber(text: string): number | null {
  return /^[+-]?(\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : null
}

const america = '[A-Z]{1,6}(?:/[A-Z]{0,3})?'
const vietnam = '[A-Z0-9]{3}|[A-Z0-9]{8}'
const shapes: Readonly<Record<string, string>> = {
  ...Object.fromEntries(['KRX', 'NXT', 'UN'].map(venue => [venue, 'Q?[A-Z0-9]{6}|J[A-Z0-9]{8}'])),
  ...Object.fromEntries(['NAS', 'NYS', 'AMS', 'BAQ', 'BAY', 'BAA'].map(venue => [venue, america])),
  HKS: String.raw`\d{5}`,
  TSE: String.raw`[A-Z0-9]{4}|\d{4}[1-9]`,
  SHS: String.raw`\d{6}`,
  SZS: String.raw`\d{6}`,
  HSX: vietnam,
  HNX: vietnam,
}

function instrumentOf(tr: string, key: string): Instrument | undefined {
  const domestic = venues[tr]
  const [, venue = '', symbol = ''] = domestic === undefined ? (/^[DR](...)(.*)$/.exec(key) ?? []) : ['', domestic, key]
  const isForeign = domestic === undefined && ['KRX', 'NXT', 'UN'].includes(venue)
  const shape = Object.hasOwn(shapes, venue) && !isForeign ? shapes[venue] : undefined
  return shape !== undefined && new RegExp(`^(?:${shape})$`).test(symbol)
    ? (`${venue}:${symbol}` as Instrument)
    : undefined
}

function instant(date: string, time: string): number | null {
  const [, year, month, day] = /^(\d{4})(\d\d)(\d\d)$/.exec(date) ?? []
  const [, hours, minutes, seconds] = /^([01]\d|2[0-3])([0-5]\d)([0-5]\d)$/.exec(time) ?? []
  if (year === undefined || hours === undefined || Number(year) < 1900) return null
  const midnight = Date.parse(`${year}-${month}-${day}T00:00:00Z`)
  // `20260231` is no date, whatever some parsers make of it.
  if (Number.isNaN(midnight) || !new Date(midnight).toISOString().startsWith(`${year}-${month}-${day}`)) return null
  return Date.parse(`${year}-${month}-${day}T${hours}:${minutes}:${seconds}+09:00`)
}

/** Yesterday's, today's or tomorrow's, whichever is nearest. */
function nearest(time: string, receivedTime: number): number | null {
  const candidates = [-1, 0, 1].map(days => {
    const date = new Date(receivedTime + days * 86_400_000 + 9 * 3_600_000).toISOString().slice(0, 10)
    return instant(date.replaceAll('-', ''), time)
  })
  if (candidates[0] === null) return null
  const distance = (candidate: number | null) => Math.abs((candidate ?? Number.NaN) - receivedTime)
  return candidates.toSorted((a, b) => distance(a) - distance(b))[0] ?? null
}

/** Bytes as the decoder shows them: UTF-8 when they are, else Latin-1. */
export function textOf(latin1: string): string {
  const bytes = Buffer.from(latin1, 'latin1')
  const text = bytes.toString('utf8')
  return Buffer.from(text, 'utf8').equals(bytes) ? text : latin1
}
