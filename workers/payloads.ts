// The payload of each queue, as a schema. Jobs come from any BullMQ client in any language, so a payload is
// untrusted JSON: a mistake becomes a sentence and never crashes a worker.
import { z } from 'zod'
import { parseInstrument, zoneOf } from '../market/instrument.ts'
import { koreanDate } from '../market/calendar/korea-time.ts'
import type { Result } from '../market/basics/result.ts'
import { visible } from '../market/basics/visible-text.ts'
import { dateIn } from '../market/calendar/zone.ts'
import type { Payloads, QueueName } from './queues.ts'

/** The year 2100: a longer one is a time in microseconds. */
const lastTime = 4_102_444_800_000

const time = z
  .number({ error: 'expected epoch milliseconds' })
  .int('expected whole milliseconds')
  .min(0, 'expected epoch milliseconds')
  .max(lastTime, 'expected epoch milliseconds, not micro- or nanoseconds')
/** Of one instrument on one day: a hundred times what was ever seen. */
const mostShares = 1e11
const shares = z
  .number({ error: 'expected a number of shares' })
  .min(0, 'is negative')
  .max(mostShares, 'is more than any day has')
const date = z
  .number({ error: 'expected a date as the number 20261120' })
  .refine(digits => !Number.isNaN(koreanDate(digits)), 'is no date; expected one as the number 20261120')

const instrument = z.string({ error: 'expected an instrument as KRX:005930' }).transform((text, context) => {
  const parsed = parseInstrument(text.slice(0, 40))
  if ('value' in parsed) return parsed.value
  context.addIssue(parsed.problem)
  return z.NEVER
})

const gap = z
  .strictObject({
    instrument,
    /** Absent: that of `from`. */
    businessDate: date.optional(),
    /** Without volumes, what was traded between the two times is measured. */
    fromVolume: shares.default(0),
    toVolume: shares.default(0),
    from: time.nullable().default(null),
    to: time.nullable().default(null),
    missingVolume: shares.default(0),
    cause: z
      .enum(['lost', 'outage', 'unsubscribed', 'restart', 'by-hand'], {
        error: 'expected lost, outage, unsubscribed, restart or by-hand',
      })
      .default('by-hand'),
  })
  .transform((given, context): Payloads['gap-validation'] => {
    const { from, to, fromVolume, toVolume, instrument: of } = given
    if (fromVolume > toVolume) context.addIssue('fromVolume is more than toVolume')
    if (toVolume === 0 && (from === null || to === null)) context.addIssue('needs from and to, or two volumes')
    if (toVolume === 0 && from !== null && to !== null && from >= to) context.addIssue('from is not before to')
    const businessDate = given.businessDate ?? (from === null ? undefined : dateIn(zoneOf(of), from))
    if (businessDate === undefined) context.addIssue('needs a businessDate, as the number 20261120, or from')
    return { ...given, businessDate: businessDate ?? 0 }
  })

const schemas: Readonly<Record<QueueName, z.ZodType>> = {
  'token-refresh': z.strictObject({
    reason: z
      .enum(['scheduled', 'by-hand', 'refused'], { error: 'expected scheduled, by-hand or refused' })
      .default('by-hand'),
    refused: z.string({ error: 'expected the fingerprint of a token' }).optional(),
  }),
  'key-validation': z.strictObject({
    dryRun: z.boolean({ error: 'expected true or false' }).optional(),
    at: time.optional(),
  }),
  'gap-validation': gap,
  certificate: z.strictObject({
    date: z.union([date, z.enum(['today', 'yesterday'])], {
      error: 'expected a date as the number 20261120, today or yesterday',
    }),
  }),
}

/**
 * The payload of each queue as a JSON Schema, for forms and for other languages. What it cannot say is
 * checked all the same.
 */
export function payloadSchemas(): Record<QueueName, Record<string, unknown>> {
  const written = Object.entries(schemas).map(([queue, schema]) => [
    queue,
    z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }),
  ])
  return Object.fromEntries(written) as Record<QueueName, Record<string, unknown>> // the queues of the table
}

/**
 * The payload with its defaults, or all mistakes in one sentence. Values are not quoted: they may be secrets.
 */
export function readPayload<Q extends QueueName>(queue: Q, data: unknown): Result<Payloads[Q]> {
  const read = schemas[queue].safeParse(data ?? {})
  // The schema of each queue gives its payload: test/workers/payloads.test.ts.
  if (read.success) return { value: read.data as Payloads[Q] }
  const wrong = read.error.issues.map(issue => {
    if (issue.code === 'unrecognized_keys') return `${listed(issue.keys)}: ${queue} takes no such field`
    if (issue.path.length === 0) return issue.code === 'custom' ? issue.message : 'expected an object'
    return `${issue.path.map(String).join('.')}: ${issue.message}`
  })
  return { problem: visible(`the payload is not one of ${queue}: ${wrong.join('; ')}. Correct it and add it again`) }
}

const mostListed = 8

function listed(names: readonly string[]): string {
  const more = names.length > mostListed ? ` and ${names.length - mostListed} more` : ''
  return `${names.slice(0, mostListed).map(shown).join(', ')}${more}`
}

function shown(name: string): string {
  return JSON.stringify(name.slice(0, 40))
}
