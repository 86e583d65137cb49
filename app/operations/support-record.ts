// A feed's record for an investigation: its states and their causes, its counts, and the last frames. Written
// every minute, at the end, and when the process crashes. It holds no secret, and nothing else depends on it.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { asyncScheduler, interval, type SchedulerLike, type Subscription } from 'rxjs'
import { z } from 'zod'
import { minuteMs } from '../../market/basics/durations.ts'
import { createRedaction } from '../../kis/redaction.ts'
import type { Secret } from '../../kis/secret.ts'
import { createOutage } from '../../market/basics/outage.ts'
import { replaceFileSync } from '../../system/kept-file.ts'
import type { Feed, FeedInternals } from '../feed/contract.ts'
import type { Logger } from '../observe/log.ts'

export const supportRecordFile = 'support.json'

const budgets = z.looseObject({
  connects: z.object({ left: z.number(), most: z.number(), windowMs: z.number() }),
})

/** The part of a record that programs read. Everything else in it is for people. */
const shape = z.looseObject({
  format: z.literal(1),
  version: z.string(),
  /** Why it was written: `running` once a minute. */
  moment: z.enum(['running', 'stopped', 'crashed']),
  crash: z.string().optional(),
  status: z.preprocess(
    withLines,
    z.looseObject({
      time: z.number(),
      startedAt: z.number().optional(),
      clockSkew: z.object({ aheadMs: z.number(), withinMs: z.number(), at: z.number() }).optional(),
      lines: z.array(z.looseObject({ line: z.string(), budgets })),
    }),
  ),
})

/** The first version has the budgets of the first line at the top, those of the second in `usAppKey`. */
function withLines(status: unknown): unknown {
  const { lines, budgets: first, usAppKey } = z.looseObject({}).catch({}).parse(status)
  if (lines !== undefined || first === undefined) return status
  const second = z.looseObject({}).safeParse(usAppKey)
  const all = [{ line: '1', budgets: first }, ...(second.success ? [{ line: '2', ...second.data }] : [])]
  return { ...(status as object), lines: all }
}

export type SupportRecord = z.infer<typeof shape>

export type SupportRecorderParts = {
  readonly feed: Pick<Feed, 'status' | 'subscriptions'>
  readonly internals: Pick<FeedInternals, 'recentFrames'>
  readonly folder: string
  /** Of kis-stream. */
  readonly version: string
  readonly log: Logger
  /** Known here; whatever else looks like a secret is taken out of a crash as well. */
  readonly secrets: readonly Secret[]
  readonly scheduler?: SchedulerLike
}

export type SupportRecorder = {
  /** The process is about to fall: one last record, written before this returns. */
  crashed(error: unknown): void
  /** The last record of a feed that was stopped. */
  stop(): void
}

const everyMs = minuteMs

export function keepSupportRecord(parts: SupportRecorderParts): SupportRecorder {
  const { folder, log, scheduler = asyncScheduler } = parts
  const outage = createOutage()
  let crash: string | undefined
  const writing: Subscription = interval(everyMs, scheduler).subscribe(() => write('running'))

  function write(moment: SupportRecord['moment']): void {
    try {
      replaceFileSync(join(folder, supportRecordFile), `${JSON.stringify(recordOf(moment), null, 1)}\n`)
      outage.over()
    } catch (error) {
      outage.failed(() =>
        log.warn({ folder, problem: String(error) }, 'the record for support cannot be written; trying on'),
      )
    }
  }

  function recordOf(moment: SupportRecord['moment']): object {
    const { feed, internals, version } = parts
    const { openGaps: _many, ...status } = feed.status()
    return {
      format: 1,
      version,
      moment,
      ...(crash === undefined ? {} : { crash }),
      status,
      subscriptions: feed.subscriptions(),
      frames: internals.recentFrames(),
    }
  }

  return {
    crashed(error) {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
      crash = createRedaction(parts.secrets).report(text)
      write('crashed')
    },
    stop() {
      writing.unsubscribe()
      write('stopped')
    },
  }
}

/** The record in a folder, undefined when there is none, or a sentence that says what is wrong with it. */
export function readSupportRecord(folder: string): SupportRecord | string | undefined {
  let text: string
  try {
    text = readFileSync(join(folder, supportRecordFile), 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return code === 'ENOENT' ? undefined : (error as Error).message
  }
  try {
    const parsed = shape.safeParse(JSON.parse(text))
    if (parsed.success) return parsed.data
    const [issue] = parsed.error.issues
    return `${issue?.path.join('.')}: ${issue?.message}`
  } catch (error) {
    return (error as Error).message
  }
}
