// What each hop costs a record, with an event through an XState actor beside them: the figures behind "no
// market data passes through an actor".
import { Subject } from 'rxjs'
import { assign, createActor, fromTransition, setup } from 'xstate'
import { createDecoder, type DecodedEvent } from '../../../kis/wire/decoder.ts'
import type { Trade } from '../../../market/events.ts'
import { ringWriter } from '../../../sinks/ring/event-ring.ts'
import { createRing } from '../../../system/ring.ts'
import { isolate } from '../../../sinks/sink.ts'
import { frameReader } from '../../../streams/normalize.ts'
import { beginDay, receivedTime, type Total, trades } from '../frames.ts'
import { type Effort, median, medianRatio, type Pass, timePasses } from '../measure.ts'
import { count, dataPath, fail } from './pipelines.ts'
import { figure, printTable, type Target, times } from '../report.ts'

/** Events in one pass of a hop that has no frames. */
const batch = 500

const load = trades({ recordsPerFrame: 3 })

export async function hops(effort: Effort): Promise<Target[]> {
  const rounds = await timePasses(
    {
      'function call': eachTrade(count),
      Subject: eachTrade(throughSubject()),
      'Subject and isolate': eachTrade(throughIsolate()),
      'copy into a ring': ringCopy(),
      'next totals, in the rows below': eachFrame(() => {}),
      decode: eachFrame(throughDecoder()),
      'decode, without secrets': eachFrame(throughReader()),
      'the whole data path': eachFrame(throughEverything()),
      'actor.send, a reducer': eachTrade(throughReducer()),
      'actor.send, a machine that counts': eachTrade(throughMachine()),
    } satisfies Record<string, Pass>,
    effort,
  )
  const rows = Object.entries(rounds).map(([name, ns]) => [
    name,
    figure(median(ns)),
    times(medianRatio(ns, rounds.Subject)),
    times(medianRatio(ns, rounds['the whole data path'])),
  ])
  printTable('Hops, one record of a frame of three', ['', 'nanoseconds', 'of a Subject', 'of the data path'], rows)
  return []
}

const trade = firstTrade()

function firstTrade(): Trade {
  const events: DecodedEvent[] = []
  for (const frame of load.frames.slice(0, 1)) createDecoder().decode(frame, receivedTime, event => events.push(event))
  const [event] = events
  if (event?.type !== 'trade') throw new Error('the first frame holds no trade')
  return event
}

function eachTrade(take: (trade: Trade) => void): Pass {
  return () => {
    for (let i = 0; i < batch; i++) take(trade)
    return batch
  }
}

function throughSubject(): (trade: Trade) => void {
  const events = new Subject<Trade>()
  events.subscribe(count)
  return trade => events.next(trade)
}

function throughIsolate(): (trade: Trade) => void {
  const events = new Subject<Trade>()
  isolate(events, fail).subscribe(count)
  return trade => events.next(trade)
}

/**
 * What a sink with a thread of its own costs the data path. A new writer starts over, so the ring never
 * fills.
 */
function ringCopy(): Pass {
  const ring = createRing(batch * 256)
  return () => {
    const writer = ringWriter(ring)
    for (let i = 0; i < batch; i++) writer.write(trade)
    return batch
  }
}

function eachFrame(take: (frame: Buffer) => void): Pass {
  const day = beginDay()
  return () => {
    for (let i = 0; i < load.frames.length; i++) {
      const frame = load.frames[i] as Buffer
      day.goOn(frame, 0, load.totals[i] as Total[])
      take(frame)
    }
    return load.records
  }
}

function throughDecoder(): (frame: Buffer) => void {
  const decoder = createDecoder()
  return frame => decoder.decode(frame, receivedTime, count)
}

function throughReader(): (frame: Buffer) => void {
  const read = frameReader({}, count)
  return bytes => read({ line: '1', market: 'KR', bytes, receivedTime })
}

function throughEverything(): (frame: Buffer) => void {
  const take = dataPath(count)
  return frame => take(frame, receivedTime)
}

function throughReducer(): (trade: Trade) => void {
  const logic = fromTransition((state: number, _event: { type: 'trade' }) => state + 1, 0)
  const actor = createActor(logic).start()
  return trade => actor.send(trade)
}

function throughMachine(): (trade: Trade) => void {
  const machine = setup({ types: { context: {} as { count: number }, events: {} as { type: 'trade' } } }).createMachine(
    {
      context: { count: 0 },
      on: { trade: { actions: assign({ count: ({ context }) => context.count + 1 }) } },
    },
  )
  const actor = createActor(machine).start()
  return trade => actor.send(trade)
}
