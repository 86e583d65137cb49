// Every gap becomes a job, and its finding comes back, from any process that did the job. A gap that cannot
// be enqueued waits here until Redis is back; the stream goes on meanwhile.
import { EMPTY, filter, from, map, merge, mergeMap, type Observable, Subject, type Subscription, timer } from 'rxjs'
import type { Gap, MarketEvent } from '../../market/events.ts'
import type { GapFinding, GapQuestion } from '../../market/gap-finding.ts'
import type { QueueHandles } from '../../workers/queue-handles.ts'
import { gapJobName, type Payloads } from '../../workers/queues.ts'
import type { Logger } from '../observe/log.ts'

export type GapJobCounters = {
  /** Put in, or found to be there already. */
  readonly asked: number
  /** Attempts to put one in that failed. */
  readonly failedToAsk: number
  /** Waiting for Redis. */
  readonly waiting: number
  /** More waited than fit. */
  readonly dropped: number
  readonly found: number
  /** Tried as often as a job is tried, and given up: what is missing remains unknown. */
  readonly gaveUp: number
}

export type GapJobs = {
  readonly findings$: Observable<GapFinding>
  /** `left`: gaps of an earlier run that are not filled. */
  watch(events$: Observable<MarketEvent>, left: readonly GapQuestion[]): Subscription
  counters(): GapJobCounters
  stop(): void
}

export type GapJobsParts = {
  readonly queues: QueueHandles
  readonly log: Logger
  /** For the reason why a job failed, which is shown. */
  readonly redact?: (text: string) => string
  /** How long until a gap is put in again after Redis did not take it. */
  readonly retryMs?: number
}

type Asked = Payloads['gap-validation']

/** A long outage of a full session makes a few dozen gaps; so many mean that Redis was away for days. */
const mostWaiting = 10_000
/** After an outage gaps come by the dozen; commands of this many are under way at once. */
const atOnce = 16
/** The message that a job has ended may be lost with a connection, so open jobs are also read this often. */
const lookEveryMs = 30_000

export function createGapJobs({ queues, log, redact = text => text, retryMs = 2_000 }: GapJobsParts): GapJobs {
  const findings = new Subject<GapFinding>()
  const ended = new Subject<string>()
  const waiting = new Map<string, Asked>()
  /** Put in, and not ended as far as we know. */
  const open = new Map<string, Asked>()
  /** Put in once more, because Redis lost them. */
  const again = new Set<string>()
  const counts = { asked: 0, failedToAsk: 0, dropped: 0, found: 0, gaveUp: 0 }

  async function ask(gap: Asked): Promise<void> {
    const name = gapJobName(gap)
    waiting.delete(name)
    try {
      const id = await queues.enqueue('gap-validation', name, gap)
      counts.asked++
      open.set(id, gap)
    } catch (error) {
      fail(name, gap, error)
    }
  }

  function fail(name: string, gap: Asked, error: unknown): void {
    counts.failedToAsk++
    if (waiting.size < mostWaiting) {
      waiting.set(name, gap)
    } else {
      counts.dropped++
      findings.next(nothingFound(gap, `not asked for: ${mostWaiting} gaps wait for Redis already`))
    }
    // While Redis is away every gap fails: logged at 1, 10, 100, …
    if (!Number.isInteger(Math.log10(counts.failedToAsk))) return
    const facts = { instrument: gap.instrument, waiting: waiting.size, dropped: counts.dropped, problem: String(error) }
    log.warn({ ...facts, soFar: counts.failedToAsk }, 'a gap cannot be put in the queue; it waits for Redis')
  }

  async function settle(id: string): Promise<void> {
    if (!open.has(id)) return
    const outcome = await queues.outcomeOf('gap-validation', id).catch(() => undefined)
    const gap = open.get(id)
    if (outcome === undefined || outcome.state === 'waiting' || gap === undefined) return
    open.delete(id)
    if (outcome.state === 'completed') {
      again.delete(id)
      counts.found++
      findings.next(outcome.result)
    } else if (outcome.state === 'unknown' && !again.has(id)) {
      // Redis was restarted without its data: enqueue it again.
      again.add(id)
      waiting.set(gapJobName(gap), gap)
    } else {
      again.delete(id)
      counts.gaveUp++
      const reason =
        outcome.state === 'failed' ? redact(outcome.reason) : 'it is not in Redis any more, for the second time'
      log.warn(
        { job: id, instrument: gap.instrument, reason },
        'a gap could not be validated; what is missing remains unknown',
      )
      findings.next(nothingFound(gap, `the job ${id} gave up: ${reason}`))
    }
  }

  return {
    findings$: findings,
    watch(events$, left) {
      const gaps = merge(
        from(left).pipe(map(askedOf)),
        events$.pipe(
          filter(event => event.type === 'gap'),
          map(askedOf),
        ),
        timer(retryMs, retryMs).pipe(mergeMap(() => (waiting.size === 0 ? EMPTY : [...waiting.values()]))),
      )
      const watching = gaps.pipe(mergeMap(ask, atOnce)).subscribe()
      watching.add(ended.pipe(mergeMap(settle, atOnce)).subscribe())
      watching.add(timer(lookEveryMs, lookEveryMs).subscribe(() => [...open.keys()].forEach(id => ended.next(id))))
      void queues.onFinished('gap-validation', id => ended.next(id)).catch(() => {}) // read every 30 s all the same
      return watching
    },
    counters: () => ({ ...counts, waiting: waiting.size }),
    stop: () => findings.complete(),
  }
}

function askedOf(gap: Gap | GapQuestion): Asked {
  const { instrument, businessDate, fromVolume, toVolume } = gap
  const span = { fromVolume, toVolume, from: gap.from, to: gap.to, missingVolume: toVolume - fromVolume }
  return { instrument, businessDate, ...span, cause: 'cause' in gap ? gap.cause : 'restart' }
}

/** A gap gets a verdict even when it could not be validated. */
function nothingFound(gap: Asked, reason: string): GapFinding {
  const { instrument, businessDate, fromVolume, toVolume, from, to } = gap
  const span = { fromVolume, toVolume, from, to }
  return {
    question: { instrument, businessDate, ...span },
    runs: [],
    explained: [],
    unknown: [span],
    evidence: [reason],
  }
}
