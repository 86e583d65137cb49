// Continuity on what KIS really sent: nothing is missing in it, nothing is dropped; and what is taken out or
// put in twice is found.
import { describe, expect, it } from 'vitest'
import type { MarketEvent, Trade } from '../../../market/events.ts'
import { createDecoder } from '../../../kis/wire/decoder.ts'
import { checkContinuity } from '../../../streams/continuity/continuity.ts'
import { linesOf, receivedTime, recordsOf, transactionOf } from '../../support/wire/frames.ts'
import { Subject } from 'rxjs'

const whole = ['H0STCNT0.txt', 'HDFSCNT0.txt']
const files = [...whole, 'H0STCNT0.bodies.txt']

/** Trades of each line. Where the header was cut off, the line is one or more records of 46 values. */
function tradesOf(file: string): Trade[][] {
  const decoder = createDecoder()
  return linesOf(file).map(line => {
    const text = line.includes('|') ? line : `0|${transactionOf(file)}|${line.split('^').length / 46}|${line}`
    const trades: Trade[] = []
    decoder.decode(Buffer.from(text), receivedTime, event => event.type === 'trade' && trades.push(event))
    return trades
  })
}

function hear(events: readonly MarketEvent[]) {
  const source = new Subject<MarketEvent>()
  const seen: MarketEvent[] = []
  const duplicates: Trade[] = []
  source.pipe(checkContinuity({ onDuplicate: each => duplicates.push(each) })).subscribe(event => seen.push(event))
  for (const event of events) source.next(event)
  return { seen, duplicates }
}

/** Neighbours of one instrument and date. */
function follows(earlier: Trade | undefined, later: Trade | undefined): boolean {
  return earlier?.instrument === later?.instrument && earlier?.businessDate === later?.businessDate
}

describe.each(files)('%s', file => {
  const lines = tradesOf(file)
  const trades = lines.flat()

  it('is received as it is: every trade, and nothing besides', () => {
    expect(trades.length).toBeGreaterThan(0)
    expect(hear(trades)).toEqual({ seen: trades, duplicates: [] })
  })

  it('is received as it is line by line, with the line going down in between', () => {
    const disconnect: MarketEvent = { type: 'disconnect', line: '1', market: 'KR', reason: 'cut', receivedTime }
    const resume: MarketEvent = { type: 'resume', line: '1', market: 'KR', outageMs: 1, receivedTime }
    const events = lines.flatMap(line => [...line, disconnect, resume])
    expect(hear(events)).toEqual({ seen: events, duplicates: [] })
  })

  it('is received once when each line comes twice', () => {
    const repeated = lines.flatMap(line => [...line, ...line])
    expect(hear(repeated)).toEqual({ seen: trades, duplicates: trades })
  })

  it('chains: each total is the one before and the volume of the trade, by the values on the wire', () => {
    for (const [i, later] of trades.entries()) {
      const earlier = trades[i - 1]
      if (follows(earlier, later)) {
        expect(later.cumulativeVolume).toBe(Number(earlier?.cumulativeVolume) + Number(later.volume))
      }
    }
  })

  it('has a gap of exactly the trade that is taken out, if there are others before and after it', () => {
    for (const [i, lost] of trades.entries()) {
      const { seen } = hear(trades.toSpliced(i, 1))
      const gaps = seen.filter(({ type }) => type !== 'trade')
      const before = trades[i - 1]
      const after = trades[i + 1]
      if (!follows(before, lost) || !follows(lost, after)) {
        expect(gaps).toEqual([])
        continue
      }
      const { instrument, businessDate, volume: missingVolume, cumulativeVolume } = lost
      const fromVolume = Number(before?.cumulativeVolume)
      const where = { fromVolume, toVolume: cumulativeVolume, from: before?.eventTime, to: after?.eventTime }
      expect(gaps).toMatchObject([{ type: 'gap', cause: 'lost', instrument, businessDate, missingVolume, ...where }])
      // Money: KIS rounds its overseas total to whole dollars.
      const money = Number(lost.price) * Number(missingVolume)
      const missingValue = gaps[0]?.type === 'gap' ? Number(gaps[0].missingValue) : Number.NaN
      if (file.startsWith('H0')) expect(missingValue).toBe(money)
      else expect(Math.abs(missingValue - money)).toBeLessThanOrEqual(2)
    }
  })
})

it('the captures that tell of an opening auction are read as the rules say they are', () => {
  // STCK_PRPR, PRDY_VRSS, CNTG_VOL, ACML_VOL, ACML_TR_PBMN, SELN_CNTG_SMTN, SHNU_CNTG_SMTN of H0STCNT0, line
  // 16
  const values = recordsOf(linesOf('H0STCNT0.txt')[15] as string)[0]?.map(Number) ?? []
  const [price, change, volume, total, money, sold, bought] = [2, 4, 12, 13, 14, 19, 20].map(i => values[i] as number)
  expect([volume, total, sold, bought]).toEqual([200_607, 200_731, 0, 0])
  const before = Number(total) - Number(volume)
  const previousClose = Number(price) - Number(change)
  expect(before).toBe(124)
  expect(Number(money) - Number(price) * Number(volume)).toBe(before * previousClose)
})
