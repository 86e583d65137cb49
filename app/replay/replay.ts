// A recording as a feed: the same observables and the same events, emitted again, at the pace of the
// recording or another one. Time in it is the time of the recording.
import { setImmediate as turnOfTheLoop } from 'node:timers/promises'
import { firstValueFrom, type Observable, race, type SchedulerLike, Subject, type Subscription, timer } from 'rxjs'
import { unknownColumns } from '../../kis/wire/columns.ts'
import { type Clock, systemClock } from '../../market/clock.ts'
import { type OptionNames, unknownOptions } from '../../market/basics/did-you-mean.ts'
import type { MarketEvent, OrderBook, Trade } from '../../market/events.ts'
import { parseInstrument } from '../../market/instrument.ts'
import { koreanDate } from '../../market/calendar/korea-time.ts'
import type { Entry, Marker } from '../../recording/format/entry.ts'
import { notRecorded, openRecording, type RecordingReader } from '../../recording/read/reader.ts'
import type { Sink } from '../../sinks/sink.ts'
import { createVirtualTime } from '../../streams/virtual-time.ts'
import { defaultTiming } from '../../machines/timing.ts'
import { createOutlet } from '../feed/outlet.ts'
import { createJournal } from '../observe/journal.ts'
import { createCounter } from '../observe/counts.ts'
import { type Logger, silentLogger } from '../observe/log.ts'
import type { EventChoice } from './event-stream.ts'
import { createLoops, type ReplayStream } from './loops.ts'
import { createPlayer } from './player.ts'
import { wantedEvents } from './filter.ts'

export type ReplayOptions = {
  /** A recording: the folder that `kis-stream record` or a feed with `recordFolder` wrote. */
  readonly folder: string
  /** One trading date that was recorded, written 20260914. By default all, in their order. */
  readonly date?: number
  /** Epoch milliseconds: only what was received from this time on. By default from the beginning. */
  readonly from?: number
  /** Epoch milliseconds later than `from`: only what was received before this time. By default to the end. */
  readonly to?: number
  /**
   * Only events of these, as `['KRX:005930']`, and those that concern all of a market, as `disconnect`. By
   * default all.
   */
  readonly instruments?: readonly string[]
  /** Times as fast as it was received: 1 by default, 10, or `Infinity` for as fast as it can be read. */
  readonly speed?: number
  /**
   * Further columns of trades and books, by KIS's names, as `['VI_STND_PRC']`: the recording has them all. By
   * default those that the feed was asked for.
   */
  readonly columns?: readonly string[]
  /** False passes every record on as it was received. By default as the feed did. */
  readonly continuity?: boolean
  /** Anything with pino's debug, info, warn and error. Silent by default. */
  readonly log?: Logger
  /**
   * Called every few hundred frames: the replay waits for the promise. For a sink that must not miss
   * anything. A `for await` loop needs none.
   */
  readonly ready?: () => Promise<void> | undefined
}

export type Replay = {
  readonly events$: Observable<MarketEvent>
  readonly trades$: Observable<Trade>
  readonly orderBooks$: Observable<OrderBook>
  /** The time of the entry that is being emitted. */
  readonly clock: Clock
  /** Timers by that time: `toBars('1m', replay)` takes both. */
  readonly scheduler: SchedulerLike
  attach(sink: Sink, name?: string): Subscription
  /**
   * Events for a `for await` loop. The loop plays the replay, and the replay waits for it: nothing is
   * dropped, and `clock` is at the event that the loop has in hand. Several loops go in step. Leaving the
   * last one stops a replay that `play` did not start. Throws a TypeError that says what is wrong with the
   * choice. `for await (const event of replay)` does the same, with all events.
   */
  stream<T extends MarketEvent['type'] = MarketEvent['type']>(choice?: EventChoice<T>): ReplayStream<T>
  [Symbol.asyncIterator](): ReplayStream
  /**
   * Emits everything, once. Resolves at the end, or after `stop`; the streams are complete then. The signal
   * stops the replay; `play` then rejects with its reason. Rejects when the recording cannot be read.
   */
  play(options?: { readonly signal?: AbortSignal }): Promise<void>
  stop(): void
}

/** In a long wait, the clock of the replay moves on this often. */
const sliceMs = 100
/** Entries between two looks at `ready` and at a stop. */
const burst = 256

const optionNames = Object.keys({
  folder: true,
  date: true,
  from: true,
  to: true,
  instruments: true,
  speed: true,
  columns: true,
  continuity: true,
  log: true,
  ready: true,
} satisfies OptionNames<ReplayOptions>)

/**
 * Throws an Error when there is no recording in the folder, and a RangeError that lists everything wrong with
 * the options, in sentences.
 */
export function createReplay(options: ReplayOptions): Replay {
  const { folder, speed = 1, log = silentLogger, instruments, ready } = options
  const recording = openRecording(folder)
  const problems = problemsWith(options, recording)
  if (problems.length > 0) throw new RangeError(problems.join('\n'))
  const firstDate = options.date ?? recording.days()[0]?.date
  const start = options.from ?? (firstDate === undefined ? Number.NaN : koreanDate(firstDate))
  const time = createVirtualTime(Number.isNaN(start) ? systemClock.now() : start)
  const journal = createJournal({ log, clock: systemClock, redact: text => text, counter: createCounter() })
  const outlet = createOutlet(journal)
  const isWanted = instruments === undefined ? undefined : wantedEvents(instruments)
  const player = createPlayer({
    ...(options.columns === undefined ? {} : { columns: options.columns }),
    ...(options.continuity === undefined ? {} : { continuity: options.continuity }),
    emit: isWanted === undefined ? outlet.next : event => isWanted(event) && outlet.next(event),
  })
  const stopped = new Subject<void>()
  let isStopped = false
  let playing: Promise<void> | undefined
  let isPlayedByCall = false
  const loops = createLoops({
    attach: sink => outlet.attach(sink, outlet.newName()),
    play: begin,
    onLeft: () => isPlayedByCall || stop(),
  })
  /** The pace: when the first entry came, and when it was emitted. */
  let began: { readonly emitted: number; readonly came: number } | undefined

  /** Milliseconds until it is the turn of what came then. */
  function waitFor(came: number): number {
    if (speed === Number.POSITIVE_INFINITY) return 0
    began ??= { emitted: systemClock.now(), came }
    return began.emitted + (came - began.came) / speed - systemClock.now()
  }

  async function waitUntil(came: number): Promise<void> {
    for (let waitMs = waitFor(came); waitMs > 0 && !isStopped; waitMs = waitFor(came)) {
      await firstValueFrom(race(timer(Math.min(waitMs, sliceMs)), stopped))
      time.advanceTo(Math.min(came, came - waitFor(came) * speed))
    }
  }

  async function playAll(): Promise<void> {
    let held: Entry | undefined
    let inside: Marker[] = []
    let count = 0

    function emitHeld(): void {
      if (held === undefined) return
      time.advanceTo(held.receivedTime)
      player.play(held, inside)
      if (inside.length > 0) inside = []
    }

    for await (const batch of recording.read(options)) {
      for (const entry of batch) {
        if (entry.kind === 'marker' && entry.after > 0) {
          inside.push(entry)
          continue
        }
        emitHeld()
        const drained = loops.drained()
        if (drained !== undefined && !isStopped) await drained
        if (isStopped) return
        held = entry
        if (entry.kind !== 'begin' && waitFor(entry.receivedTime) > 0) await waitUntil(entry.receivedTime)
        if (++count % burst === 0) await ready?.()
        if (isStopped) return
      }
      // Between two blocks others have their turn: sinks, signals, the thread pool that unpacks.
      await turnOfTheLoop()
      if (isStopped) return
    }
    emitHeld()
  }

  function begin(): Promise<void> {
    playing ??= playAll().finally(async () => {
      outlet.complete()
      const overdue = await outlet.settled(timer(defaultTiming.stopTimeoutMs))
      journal.overdue(overdue.map(name => `the sink '${name}'`))
    })
    return playing
  }

  function stop(): void {
    isStopped = true
    stopped.next()
    loops.letGo()
  }

  return {
    events$: outlet.events$,
    trades$: outlet.trades$,
    orderBooks$: outlet.orderBooks$,
    clock: time.clock,
    scheduler: time.scheduler,
    attach: outlet.attach,
    stream: loops.stream,
    [Symbol.asyncIterator]: () => loops.stream(),
    async play({ signal } = {}) {
      signal?.throwIfAborted()
      isPlayedByCall = true
      signal?.addEventListener('abort', stop, { once: true })
      await begin().finally(() => signal?.removeEventListener('abort', stop))
      signal?.throwIfAborted()
    },
    stop,
  }
}

function problemsWith(options: ReplayOptions, recording: RecordingReader): string[] {
  const { date, from, to, speed = 1, instruments = [], columns = [] } = options
  const problems = unknownOptions(options, optionNames)
  if (!(speed > 0)) problems.push(`speed ${speed}: expected more than 0`)
  const dates = recording.days().map(day => day.date)
  if (date !== undefined && !dates.includes(date)) problems.push(`date ${notRecorded(date, dates, recording.folder)}`)
  for (const [name, time] of Object.entries({ from, to })) {
    if (time !== undefined && !(time >= -Infinity)) problems.push(`${name} ${time}: expected epoch milliseconds`)
  }
  if (from !== undefined && to !== undefined && from >= to) problems.push(`from ${from} is not before to ${to}`)
  for (const name of instruments) {
    const parsed = parseInstrument(name)
    if ('problem' in parsed) problems.push(`instruments ${parsed.problem}`)
    else if (parsed.value !== name) problems.push(`instruments '${name}': write ${parsed.value}`)
  }
  return [...problems, ...unknownColumns(columns).map(problem => `columns ${problem}`)]
}
