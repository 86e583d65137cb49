// Two sessions with the same instruments, of which the second gets trades cut differently.
import { describe, expect, it } from 'vitest'
import { createDecoder, type DecodedEvent } from '../../../kis/wire/decoder.ts'
import type { Trade } from '../../../market/events.ts'
import type { SimulatorOptions } from '../../../simulator/server.ts'
import { generatedTape } from '../../../simulator/tape/tape.ts'
import { frame, recordsOf, story, trades as captured } from '../faults/support.ts'
import { type Client, code, connect, handClock, mondayTen, simulator, until } from '../support.ts'

const registered = [
  ['H0STCNT0', '005930'],
  ['H0STASP0', '005930'],
  ['H0NXCNT0', '000660'],
  ['H0UNCNT0', '035420'],
  ['HDFSCNT0', 'DNASAAPL'],
  ['H0IFCNT0', 'A01606'],
] as const

/** A market on a clock that is moved by hand; `pass` lets seconds pass. */
async function market(options: SimulatorOptions = {}) {
  const clock = handClock()
  const tape = generatedTape({ rate: 200, seed: 5 })
  const kis = await simulator({ clock, tape, memory: { truth: 100_000 }, differentCuts: true, ...options })
  const clients = [await connect(kis, { appKey: 'one' }), await connect(kis, { appKey: 'other' })] as const
  for (const [tr, key] of registered)
    for (const client of clients) expect(code(await client.subscribe(tr, key))).toBe('OPSP0000')
  let marks = 0
  async function pass(seconds: number): Promise<void> {
    for (let i = 0; i < seconds; i++) {
      const { records } = kis.stats().tape
      clock.advance(1_000)
      await until(() => kis.stats().tape.records > records)
    }
    const mark = `{"mark":${++marks}}`
    kis.send(mark)
    for (const client of clients) await client.received(text => text === mark)
  }
  return { kis, clients, pass }
}

const framesOf = ({ texts }: Client) => texts.filter(text => text.startsWith('0|'))
const recordsIn = (client: Client, tr: string) =>
  framesOf(client)
    .filter(text => text.startsWith(`0|${tr}|`))
    .flatMap(recordsOf)

function decode(frames: readonly string[]): DecodedEvent[] {
  const events: DecodedEvent[] = []
  const decoder = createDecoder()
  for (const text of frames) decoder.decode(Buffer.from(text), mondayTen, event => events.push(event))
  return events
}

const tradesOf = (client: Client) => decode(framesOf(client)).filter((event): event is Trade => event.type === 'trade')

describe('trades that are cut differently', () => {
  it('are read by the decoder, add up to the same, and come in another order within a second', async () => {
    const { clients, pass } = await market()
    await pass(10)
    const [one, other] = clients.map(tradesOf) as [Trade[], Trade[]]
    for (const client of clients)
      expect(new Set(decode(framesOf(client)).map(({ type }) => type)).has('malformed' as never)).toBe(false)
    const instruments = [...new Set(one.map(({ instrument }) => instrument))]
    // The decoder passes futures on as they are.
    expect(instruments.toSorted()).toEqual(['KRX:005930', 'NAS:AAPL', 'NXT:000660', 'UN:035420'])
    let inAnotherOrder = 0
    for (const instrument of instruments) {
      const [mine, theirs] = [one, other].map(trades => trades.filter(trade => trade.instrument === instrument)) as [
        Trade[],
        Trade[],
      ]
      const volume = (trades: Trade[]) => trades.reduce((sum, trade) => sum + (trade.volume ?? 0), 0)
      expect(volume(theirs)).toBe(volume(mine))
      expect(theirs.at(-1)?.cumulativeVolume).toBe(mine.at(-1)?.cumulativeVolume)
      expect(theirs.at(-1)?.cumulativeValue).toBe(mine.at(-1)?.cumulativeValue)
      expect(theirs.map(({ volume }) => volume)).not.toEqual(mine.map(({ volume }) => volume))
      // Whole executions that changed places.
      const story = (trades: Trade[]) => trades.map(({ eventTime, price, volume }) => `${eventTime} ${price} ${volume}`)
      const common = new Set(story(mine))
      const order = (trades: Trade[]) => story(trades).filter(text => common.has(text))
      if (order(theirs).some((text, at) => text !== order(mine)[at])) inAnotherOrder++
    }
    expect(inAnotherOrder).toBeGreaterThan(0)
  })

  it('have the right total, value, open, high and low at the end of each record', async () => {
    const { clients, pass } = await market()
    await pass(10)
    for (const trades of clients.map(tradesOf)) {
      const last = new Map<string, Trade>()
      for (const trade of trades) {
        const previous = last.get(trade.instrument)
        last.set(trade.instrument, trade)
        const { cumulativeValue, cumulativeVolume, high, low, price, volume } = trade
        expect(volume).toBeGreaterThan(0)
        expect(low).toBeLessThanOrEqual(price ?? 0)
        expect(high).toBeGreaterThanOrEqual(price ?? 0)
        if (previous === undefined) continue
        expect(cumulativeVolume).toBe((previous.cumulativeVolume ?? 0) + (volume ?? 0))
        expect(high).toBeGreaterThanOrEqual(previous.high ?? 0)
        expect(low).toBeLessThanOrEqual(previous.low ?? 0)
        expect(trade.eventTime).toBeGreaterThanOrEqual(previous.eventTime ?? 0)
        if (!/^(KRX|NXT|UN):\d{6}$/.test(trade.instrument)) continue
        expect(cumulativeValue).toBe((previous.cumulativeValue ?? 0) + (volume ?? 0) * (price ?? 0))
      }
    }
  })

  it('are joined, split and moved, each often', async () => {
    const { clients, pass } = await market()
    await pass(10)
    const [mine, theirs] = clients.map(client => recordsIn(client, 'H0STCNT0').map(text => text.split('^'))) as [
      string[][],
      string[][],
    ]
    const totals = (rows: string[][]) => new Set(rows.map(row => row[13]))
    const joins = [...totals(mine)].filter(total => !totals(theirs).has(total)).length
    const splits = [...totals(theirs)].filter(total => !totals(mine).has(total)).length
    expect(joins).toBeGreaterThan(5)
    expect(splits).toBeGreaterThan(5)
  })

  it('leave books, and the session of the first key, byte for byte as they are', async () => {
    const plain = await market({ differentCuts: false })
    await plain.pass(5)
    const cut = await market()
    await cut.pass(5)
    expect(framesOf(cut.clients[0])).toEqual(framesOf(plain.clients[0]))
    expect(framesOf(plain.clients[1])).toEqual(framesOf(plain.clients[0]))
    expect(recordsIn(cut.clients[1], 'H0STASP0')).toEqual(recordsIn(cut.clients[0], 'H0STASP0'))
    expect(recordsIn(cut.clients[1], 'H0STCNT0')).not.toEqual(recordsIn(cut.clients[0], 'H0STCNT0'))
  })

  it('are the same for the same seed, and others for another', async () => {
    const framesWith = async (faultSeed: number) => {
      const { clients, pass } = await market({ faultSeed })
      await pass(3)
      return framesOf(clients[1])
    }
    const first = await framesWith(1)
    expect(await framesWith(1)).toEqual(first)
    expect(await framesWith(2)).not.toEqual(first)
  })

  it('are those of the app keys that are named, by key or number', async () => {
    const { clients, pass } = await market({ differentCuts: ['one', '#2'] })
    await pass(3)
    const [mine, theirs] = clients.map(client => recordsIn(client, 'H0STCNT0'))
    expect(mine).not.toEqual(theirs)
    const named = await market({ differentCuts: ['one'] })
    await named.pass(3)
    expect(recordsIn(named.clients[0], 'H0STCNT0')).toEqual(mine)
    expect(recordsIn(named.clients[1], 'H0STCNT0')).not.toEqual(theirs)
  })
})

describe('the truth about trades that are cut differently', () => {
  it('has for each session what it was sent, and the records of the tape as sent to both', async () => {
    const { clients, kis, pass } = await market()
    await pass(5)
    for (const [tr, key] of registered) {
      for (const [at, client] of clients.entries()) {
        const truth = kis.truth(tr, key, at + 1)
        expect(truth.map(({ record }) => record)).toEqual(recordsIn(client, tr))
        expect(truth.every(({ sentTo }) => sentTo.length === 1 && sentTo[0] === at + 1)).toBe(true)
      }
      for (const { sentTo, withheldFrom } of kis.truth(tr, key)) expect([sentTo, withheldFrom]).toEqual([[1, 2], []])
    }
    expect(kis.truth('H0STCNT0', '005930', 3)).toEqual([])
  })

  it('adds up to the volume of the tape where records are lost', async () => {
    const { clients, kis, pass } = await market()
    kis.inject({ kind: 'lose', probability: 0.2, appKey: 'other' })
    await pass(5)
    for (const [tr, key] of registered.filter(([name]) => name.endsWith('CNT0'))) {
      const volume = (records: readonly { volume: number | undefined }[]) =>
        records.reduce((sum, record) => sum + (record.volume ?? 0), 0)
      const all = kis.truth(tr, key)
      const own = kis.truth(tr, key, 2)
      expect(volume(own)).toBe(volume(all))
      const sent = own.filter(({ sentTo }) => sentTo.length > 0)
      const withheld = kis.withheld().filter(record => record.tr === tr)
      expect(sent.map(({ record }) => record)).toEqual(recordsIn(clients[1], tr))
      expect(volume(sent) + volume(withheld)).toBe(volume(all))
      // A record of the tape of which a part is missing is not counted as sent.
      for (const { sentTo, withheldFrom } of all) {
        expect(sentTo.includes(2)).toBe(withheldFrom.length === 0)
        expect(sentTo.includes(1)).toBe(true)
      }
      expect(withheld.length).toBeGreaterThan(0)
    }
  })

  it('is not needed: without it the cuts are the same', async () => {
    const { clients, pass } = await market()
    const without = await market({ memory: {} })
    await pass(3)
    await without.pass(3)
    expect(framesOf(without.clients[1])).toEqual(framesOf(clients[1]))
  })
})

it('trades of a capture are cut only where nothing is missing between them', async () => {
  const { frames, play } = await story({ differentCuts: ['app-key-1'], faultSeed: 3 })
  // Every other record: none follows on the one before.
  const apart = captured.filter((_, at) => at % 2 === 0)
  play(frame(apart))
  expect((await frames()).flatMap(recordsOf)).toEqual(apart)
  // A frame whose values do not divide by its count, and one of another width.
  play('0|H0STCNT0|003|005930^1^2^3', '0|H0STCNT0|002|005930^1^005930^2')
  expect((await frames()).slice(1)).toEqual(['0|H0STCNT0|003|005930^1^2^3', '0|H0STCNT0|002|005930^1^005930^2'])
})
