// `for await` over events: of a feed, whose socket never waits, and of a replay, which does.
import { didYouMean, type OptionNames, refuseUnknown } from '../../market/basics/did-you-mean.ts'
import type { Dropped, MarketEvent } from '../../market/events.ts'
import { parseInstrument } from '../../market/instrument.ts'
import { iterate } from '../../sinks/iterate.ts'
import type { Backpressure } from '../../sinks/queue/backpressure.ts'
import type { Sink } from '../../sinks/sink.ts'
import { wantedEvents } from './filter.ts'

/** Every type of event, so that a misspelt one is a mistake. */
const eventTypes: Readonly<Record<MarketEvent['type'], true>> = {
  trade: true,
  'order-book': true,
  record: true,
  disconnect: true,
  resume: true,
  subscription: true,
  heartbeat: true,
  'schema-drift': true,
  malformed: true,
  gap: true,
  'gap-filled': true,
  backfill: true,
  'gap-verdict': true,
  resync: true,
  'recording-trouble': true,
  'instruments-forgotten': true,
}

export type EventChoice<T extends MarketEvent['type'] = MarketEvent['type']> = {
  /** Only events of these, and those that concern all of a market, as `disconnect`. By default all. */
  readonly instruments?: readonly string[]
  /** Only these types of events, as `['trade']`. By default all. */
  readonly types?: readonly T[]
  /** Ends the loop: it throws the reason of the signal. */
  readonly signal?: AbortSignal
}

export type StreamOptions<T extends MarketEvent['type'] = MarketEvent['type']> = EventChoice<T> &
  Backpressure & {
    /** Stands in the log and the metrics of what was dropped. `sink 1`, `sink 2`, … by default. */
    readonly name?: string
  }

/** Events of these types, and `dropped` in place of those that the loop was too slow for. */
export type EventStream<T extends MarketEvent['type'] = MarketEvent['type']> = AsyncIterableIterator<
  Extract<MarketEvent, { readonly type: T }> | Dropped
>

const choices = { instruments: true, types: true, signal: true } as const satisfies OptionNames<EventChoice>
export const choiceNames = Object.keys(choices)
const streamNames = Object.keys({
  ...choices,
  name: true,
  policy: true,
  limit: true,
  mostBytes: true,
  folder: true,
} satisfies OptionNames<StreamOptions>)

/** The events of a feed for a loop, from now on. Throws a TypeError or a RangeError on wrong options. */
export function streamOf<T extends MarketEvent['type']>(
  attach: (sink: Sink, name?: string) => unknown,
  options: StreamOptions<T>,
): EventStream<T> {
  const { name, instruments: _, types: __, ...others } = options
  const { sink, events } = iterate({ ...others, isWanted: chosen(options, streamNames) })
  attach(sink, name)
  // Others do not pass.
  return events as EventStream<T>
}

/** Which events pass; undefined for all. Throws a TypeError that lists what is wrong with the choice. */
export function chosen(choice: EventChoice, known: readonly string[]): ((event: MarketEvent) => boolean) | undefined {
  refuseUnknown(choice, known)
  const { instruments, types } = choice
  const names = instruments?.map(name => parseInstrument(name))
  const problems = [
    ...(names ?? []).flatMap(name => ('problem' in name ? [name.problem] : [])),
    ...(types ?? []).filter(type => !(type in eventTypes)).map(unknownType),
  ]
  if (problems.length > 0) throw new TypeError(problems.join('\n'))
  const isOfThese = names && wantedEvents(names.flatMap(name => ('value' in name ? [name.value] : [])))
  const listed = types && new Set<string>(types)
  if (isOfThese === undefined && listed === undefined) return undefined
  return event => (listed?.has(event.type) ?? true) && (isOfThese?.(event) ?? true)
}

function unknownType(type: string): string {
  return `'${type}' is no type of events${didYouMean(type, Object.keys(eventTypes))}`
}

/** Rejects with the reason of the signal when it is aborted before the promise is settled. */
export async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return await promise
  let abort = () => {}
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason as Error)
    signal.addEventListener('abort', abort, { once: true })
    if (signal.aborted) abort()
  })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
