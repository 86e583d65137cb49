// What a feed offers, and what each call does.
import { problemWith } from '../../kis/channel.ts'
import { defaultSocketPath, socketAddress } from '../../kis/endpoints.ts'
import { addressOf } from '../../kis/redaction.ts'
import type { Calendar } from '../../market/calendar/calendar.ts'
import type { Dropped, MarketEvent } from '../../market/events.ts'
import { parseInstrument } from '../../market/instrument.ts'
import { type Channel, keyOf, type SubscriptionKey } from '../../market/subscription.ts'
import { consume } from '../../sinks/consume.ts'
import type { ContinuityMemory } from '../../streams/continuity/memory.ts'
import { readStatus } from '../observe/status/status.ts'
import type { ClockWatch } from './clock-skew.ts'
import { SubscriptionError } from './confirmations.ts'
import type { Feed, OpenedFeed } from './contract.ts'
import { createNoticeNames } from './notice-names.ts'
import type { Run, RunParts } from './run.ts'
import { type EventStream, type StreamOptions, streamOf, unlessAborted } from '../replay/event-stream.ts'
import { subscriptionStates } from './subscription-states.ts'
import { wireOptionsOf } from './subscriptions.ts'

export type FaceParts = Omit<RunParts, 'pipeline'> & {
  readonly calendar: Calendar
  readonly memory: ContinuityMemory
  readonly clockSkew: ClockWatch
  readonly run: Run
}

export function createFace(parts: FaceParts): OpenedFeed {
  const { settings, log, observers, sockets, outlet, confirmations, repairs, clockSkew, run } = parts
  const wireOptions = wireOptionsOf(settings)
  const notices = createNoticeNames(settings.schedule === 'side-by-side')

  function readKey(name: string, channel: Channel): SubscriptionKey {
    const parsed = parseInstrument(name)
    if ('problem' in parsed) throw new TypeError(parsed.problem)
    const problem = problemWith({ instrument: parsed.value, channel }, wireOptions)
    if (problem !== undefined) throw new TypeError(problem)
    return keyOf({ instrument: parsed.value, channel })
  }

  /** Calls may still come while a feed stops, which is no mistake of the caller. */
  function isIgnored(call: string): boolean {
    if (run.isStopped()) log.warn({}, `${call}: ignored, because the feed was stopped`)
    return run.isStopped()
  }

  const subscriptions = () => subscriptionStates(parts)
  const abort = () => void run.stop()

  function stream<T extends MarketEvent['type'] = MarketEvent['type']>(options: StreamOptions<T> = {}): EventStream<T> {
    return streamOf((sink, name = outlet.newName()) => outlet.attach(sink, name), options)
  }

  const feed: Feed = {
    events$: outlet.events$,
    trades$: outlet.trades$,
    orderBooks$: outlet.orderBooks$,
    subscribe(name, channel = 'trade') {
      const key = readKey(name, channel)
      if (!isIgnored(`subscribe ${key}`)) sockets.subscribe(notices.want([key]))
    },
    unsubscribe(name, channel = 'trade') {
      const key = readKey(name, channel)
      if (run.isStopped()) return
      const unwanted = notices.unwant(key)
      if (unwanted !== undefined) sockets.unsubscribe([unwanted])
    },
    async confirmed(name, channel = 'trade', { signal } = {}) {
      const key = notices.nameOf(readKey(name, channel))
      if (run.isStopped()) throw new SubscriptionError(key, 'STOPPED')
      await unlessAborted(confirmations.of(key, sockets.entryOf(key)), signal)
    },
    subscriptions,
    attach: outlet.attach,
    consume(handler, { name = handler.name || outlet.newName(), ...options } = {}) {
      const onLost = (count: number) => observers.sinkDropped(name, { count })
      const onDropped = (dropped: Dropped) => dropped.conflated && observers.sinkDropped(name, dropped)
      const onError = (error: unknown) => observers.sinkFailed(name, error)
      return outlet.attach(consume(handler, { ...options, onDropped, onLost, onError }), name)
    },
    stream,
    [Symbol.asyncIterator]: () => stream(),
    switchUrl(market, url) {
      if (!URL.canParse(url) || !/^wss?:/.test(url)) {
        throw new TypeError(`'${addressOf(url)}' is no address of a WebSocket; expected ws://HOST:PORT`)
      }
      if (isIgnored(`switchUrl ${market}`)) return
      sockets.switchEndpoint(market, { url: socketAddress(url, defaultSocketPath) })
    },
    status: () =>
      readStatus({
        ...parts,
        subscriptions: subscriptions(),
        startedAt: run.startedAt(),
        clockSkew: clockSkew.skew(),
      }),
    start({ signal } = {}) {
      signal?.throwIfAborted()
      run.start(
        keys => sockets.subscribe(notices.want(keys)),
        () => observers.subscriptions(subscriptions()),
      )
      signal?.addEventListener('abort', abort, { once: true })
    },
    stop: run.stop,
  }

  return {
    feed,
    internals: {
      repair(finding) {
        if (!run.isStopped()) repairs.settle(finding)
      },
      recentFrames: observers.recentFrames.shown,
      inspect: look => ({ actors: sockets.actors(), subscription: sockets.inspect(look) }),
    },
  }
}
