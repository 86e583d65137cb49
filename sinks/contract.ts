// The rules for every sink, as checks for any test runner: `for (const { rule, check } of sinkContract)
// it(rule, …)`. A check throws a ContractError with what was expected and what came.
import { Subject } from 'rxjs'
import type { Dropped, MarketEvent, Trade } from '../market/events.ts'
import type { Instrument } from '../market/instrument.ts'
import { isolate, type Sink } from './sink.ts'

/** A sink to be checked, with control over what is behind it. */
export interface SinkUnderTest {
  readonly sink: Sink
  /** What came out at the other end so far, in order, receipts for what was dropped included. */
  delivered(): readonly (MarketEvent | Dropped)[] | Promise<readonly (MarketEvent | Dropped)[]>
  /** Waits until every event is delivered, and ends the sink. May be called twice. */
  close(): void | Promise<void>
  /**
   * Makes the other end take nothing until `release`. Absent where it takes everything at once, as a
   * synchronous one does.
   */
  block?(): void | Promise<void>
  release?(): void | Promise<void>
  /** At most this many events wait while the other end is blocked: goes with `block`. */
  readonly capacity?: number
  /** Lets the blocked other end take one more, event or receipt. Absent where it takes many at once. */
  step?(): void | Promise<void>
  /** Makes what the sink does with the next event fail. Absent where nothing can. */
  break?(): void
}

export type MakeSink = () => SinkUnderTest | Promise<SinkUnderTest>

export type ContractRule = {
  readonly rule: string
  /**
   * Rejects with a ContractError where the rule is broken; resolves to false where it does not apply to this
   * sink.
   */
  readonly check: (make: MakeSink) => Promise<boolean>
}

export class ContractError extends Error {
  override readonly name = 'ContractError'
}

export const sinkContract: readonly ContractRule[] = [
  { rule: 'delivers every event once and in order, and all of them before it is closed', check: deliversEverything },
  { rule: 'lets go of its source when it is unsubscribed, and delivers nothing of what comes after', check: letsGo },
  { rule: 'can be closed twice, and attached to a source that is over', check: closesCleanly },
  { rule: 'never makes its source wait, whatever the other end does', check: neverBlocks },
  { rule: 'accounts for every event when the other end is too slow: delivered, or in a receipt', check: countsDropped },
  { rule: 'gives events, and not receipts alone, to an other end that is too slow', check: givesEvents },
  { rule: 'holds no more events than it says while the other end is blocked', check: isBounded },
  { rule: 'keeps what fails in it to itself, and its neighbours miss nothing', check: keepsFailures },
]

/** All rules as a single test. Resolves with the rules that do not apply. */
export async function checkSink(make: MakeSink): Promise<string[]> {
  const notApplied: string[] = []
  for (const { rule, check } of sinkContract) if (!(await check(make))) notApplied.push(rule)
  return notApplied
}

const instruments: readonly Instrument[] = ['KRX:005930', 'KRX:000660', 'NAS:AAPL']

/** Trades known by their `receivedTime`, from 1 on, of several instruments in turn. */
function tradeAt(place: number): Trade {
  const figures = {
    open: null,
    high: null,
    low: null,
    previousClose: null,
    bidPrice: null,
    askPrice: null,
    bidVolume: null,
    askVolume: null,
  }
  return {
    type: 'trade',
    instrument: instruments[place % instruments.length] as Instrument,
    price: 70_000 + (place % 100),
    volume: 1,
    side: 'buy',
    cumulativeVolume: place,
    cumulativeValue: null,
    ...figures,
    businessDate: 20_260_914,
    eventTime: 1_789_344_000_000,
    receivedTime: place,
  }
}

/** The sink behind a wall, as a feed attaches it, with a neighbour on the same source. */
function attach({ sink }: SinkUnderTest) {
  const source = new Subject<MarketEvent>()
  const reports: unknown[] = []
  let neighbour = 0
  const subscription = sink(isolate(source, error => reports.push(error)))
  source.subscribe(() => void neighbour++)
  let sent = 0
  return {
    source,
    subscription,
    reports,
    get sent() {
      return sent
    },
    get neighbour() {
      return neighbour
    },
    send(count: number): void {
      for (let i = 0; i < count; i++) source.next(tradeAt(++sent))
    },
  }
}

/** At once, and few enough for any sink to hold. */
const burst = 40

async function deliversEverything(make: MakeSink): Promise<boolean> {
  const under = await make()
  const count = Math.min(burst, Math.max(1, (under.capacity ?? burst) - 2))
  const feed = attach(under)
  feed.send(count)
  feed.source.next({ type: 'disconnect', line: '1', market: 'KR', reason: 'cut', receivedTime: count + 1 })
  feed.source.next({ type: 'malformed', reason: 'cut off', raw: '한글\n"', receivedTime: count + 2 })
  feed.source.complete()
  await under.close()
  const delivered = await under.delivered()
  const expected: MarketEvent[] = Array.from({ length: count }, (_, place) => tradeAt(place + 1))
  expect(
    delivered.length === count + 2,
    `${count + 2} events delivered by the time it is closed, found ${delivered.length}`,
  )
  expected.forEach((event, place) => {
    const same = JSON.stringify(delivered[place]) === JSON.stringify(event)
    expect(same, `event ${place + 1} to be ${JSON.stringify(event)}, found ${JSON.stringify(delivered[place])}`)
  })
  const last = delivered.slice(count)
  expect(
    last[0]?.type === 'disconnect' && last[1]?.type === 'malformed',
    `disconnect and malformed at the end, found ${typesOf(last)}`,
  )
  expect(last[1]?.type === 'malformed' && last[1].raw === '한글\n"', 'text to be delivered as it is')
  return true
}

async function letsGo(make: MakeSink): Promise<boolean> {
  const under = await make()
  const source = new Subject<MarketEvent>()
  const subscription = under.sink(source)
  expect(source.observed, 'the sink to subscribe when it is attached')
  source.next(tradeAt(1))
  subscription.unsubscribe()
  expect(!source.observed, 'the source to be let go of when the sink is unsubscribed')
  source.next(tradeAt(2))
  await under.close()
  const late = (await under.delivered()).filter(event => event.type !== 'dropped' && event.receivedTime === 2)
  expect(late.length === 0, 'nothing to be delivered of what came after')
  return true
}

async function closesCleanly(make: MakeSink): Promise<boolean> {
  const under = await make()
  const over = new Subject<MarketEvent>()
  over.complete()
  under.sink(over)
  await under.close()
  await under.close()
  const delivered = await under.delivered()
  expect(delivered.length === 0, `nothing to be delivered of an empty source, found ${typesOf(delivered)}`)
  return true
}

/** If this never returns, the sink waited: the other end is released only after the source was done. */
async function neverBlocks(make: MakeSink): Promise<boolean> {
  const under = await make()
  if (!isBlockable(under)) return doesNotApply(under)
  await under.block()
  const feed = attach(under)
  feed.send(3 * under.capacity)
  expect(feed.neighbour === feed.sent, `a neighbour to see all ${feed.sent} events meanwhile, found ${feed.neighbour}`)
  await under.release()
  feed.source.complete()
  await under.close()
  return true
}

async function countsDropped(make: MakeSink): Promise<boolean> {
  const overrun = await overrunOf(make)
  if (overrun === undefined) return false
  const { delivered, sent } = overrun
  const events = delivered.filter((event): event is MarketEvent => event.type !== 'dropped')
  const dropped = delivered.reduce((sum, event) => sum + (event.type === 'dropped' ? event.count : 0), 0)
  expect(
    events.length + dropped === sent,
    `${sent} events delivered or in receipts, found ${events.length} delivered and ${dropped} in receipts`,
  )
  expect(dropped > 0, 'a receipt when more came than the sink says it holds')
  const seen = new Set(events.map(({ receivedTime }) => receivedTime))
  expect(seen.size === events.length, `no event twice, found ${events.length - seen.size} again`)
  // Conflation may move one instrument's events past another's, never past its own.
  const newest = new Map<string, number>()
  for (const event of events) {
    if (event.type !== 'trade') continue
    const before = newest.get(event.instrument) ?? 0
    expect(event.receivedTime > before, `${event.instrument} in order, found ${event.receivedTime} after ${before}`)
    newest.set(event.instrument, event.receivedTime)
  }
  for (const event of delivered) {
    if (event.type !== 'dropped') continue
    const covered = events.filter(({ receivedTime }) => receivedTime === event.from || receivedTime === event.to)
    expect(covered.length === 0, `what a receipt names (${event.from}, ${event.to}) not to be delivered as well`)
  }
  return true
}

/** From this capacity on, events are four of five calls or more. */
const leastRoom = 10
const overloads = [1.2, 2, 4] as const
const steps = 200

async function givesEvents(make: MakeSink): Promise<boolean> {
  const overrun = await overrunOf(make)
  if (overrun === undefined) return false
  const { delivered } = overrun
  const lastEvent = delivered.findLastIndex(({ type }) => type !== 'dropped')
  const repeated = delivered.findIndex(
    ({ type }, place) => place < lastEvent && type === 'dropped' && delivered[place + 1]?.type === 'dropped',
  )
  expect(repeated < 0, `an event behind each receipt, found another receipt behind ${repeated + 1}`)
  const { step, capacity } = overrun.under
  if (step !== undefined && capacity >= leastRoom) for (const overload of overloads) await keepsUpWith(make, overload)
  return true
}

/** Endlessly more events than the other end takes: most of what it takes must be events. */
async function keepsUpWith(make: MakeSink, overload: number): Promise<void> {
  const under = await make()
  if (!isBlockable(under)) return
  const { capacity } = under
  await under.block()
  const feed = attach(under)
  feed.send(2 * capacity)
  const before = (await under.delivered()).length
  let due = 0
  for (let count = 0; count < steps; count++) {
    due += overload
    feed.send(Math.floor(due))
    due %= 1
    await under.step?.()
  }
  const taken = (await under.delivered()).slice(before)
  const events = taken.filter(({ type }) => type !== 'dropped').length
  expect(
    events >= 0.8 * steps,
    `${0.8 * steps} events or more in ${steps} calls when ${overload} times as many come, found ${events} and ${taken.length - events} receipts`,
  )
  await under.release()
  feed.source.complete()
  await under.close()
}

async function isBounded(make: MakeSink): Promise<boolean> {
  const overrun = await overrunOf(make)
  if (overrun === undefined) return false
  const held = overrun.delivered.filter(({ type }) => type !== 'dropped').length
  expect(
    held <= overrun.capacity,
    `at most ${overrun.capacity} events held while the other end was blocked, found ${held}`,
  )
  return true
}

/** Five times as much as the sink holds, while the other end takes nothing. */
async function overrunOf(make: MakeSink) {
  const under = await make()
  if (!isBlockable(under)) {
    await under.close()
    return undefined
  }
  await under.block()
  const feed = attach(under)
  feed.send(5 * under.capacity)
  await under.release()
  feed.source.complete()
  await under.close()
  return { under, delivered: await under.delivered(), sent: feed.sent, capacity: under.capacity }
}

async function keepsFailures(make: MakeSink): Promise<boolean> {
  const under = await make()
  if (under.break === undefined) return doesNotApply(under)
  const stray: unknown[] = []
  const note = (error: unknown) => void stray.push(error)
  process.on('uncaughtException', note)
  process.on('unhandledRejection', note)
  try {
    const feed = attach(under)
    under.break()
    let thrown: unknown
    try {
      feed.send(100)
    } catch (error) {
      thrown = error
    }
    expect(thrown === undefined, `nothing thrown at the source, found ${String(thrown)}`)
    expect(feed.neighbour === 100, `a neighbour to see all 100 events, found ${feed.neighbour}`)
    feed.source.complete()
    await under.close()
    // Node reports an unhandled rejection after the turn in which it happened.
    await new Promise(resolve => setImmediate(resolve))
    expect(stray.length === 0, `no unhandled failure, found ${String(stray[0])}`)
  } finally {
    process.off('uncaughtException', note)
    process.off('unhandledRejection', note)
  }
  return true
}

type Blockable = SinkUnderTest & Required<Pick<SinkUnderTest, 'block' | 'release' | 'capacity'>>

function isBlockable(under: SinkUnderTest): under is Blockable {
  const { block, release, capacity } = under
  if (block === undefined) return false
  expect(release !== undefined && capacity !== undefined, 'release and capacity to go with block')
  return true
}

async function doesNotApply(under: SinkUnderTest): Promise<false> {
  await under.close()
  return false
}

function expect(holds: boolean, what: string): asserts holds {
  if (!holds) throw new ContractError(`expected ${what}`)
}

function typesOf(events: readonly { readonly type: string }[]): string {
  return events.map(({ type }) => type).join(', ') || 'nothing'
}
