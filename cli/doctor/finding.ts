// What the doctor says of one thing: how bad it is, what was found, and what to do about it.
import type { SupportRecord } from '../../app/operations/support-record.ts'
import type { FeedSettings } from '../../app/settings/settings.ts'
import type { Calendar } from '../../market/calendar/calendar.ts'
import type { Clock } from '../../market/clock.ts'
import type { Environment } from '../input/environment.ts'

export const severities = ['ok', 'info', 'warning', 'error'] as const

export type Severity = (typeof severities)[number]

export type Finding = {
  readonly check: string
  readonly severity: Severity
  readonly found: string
  /** What to do. Every warning and every error has one. */
  readonly remedy?: string
}

/** What is looked at. Nothing in here is ever sent to KIS. */
export type Context = {
  /** As a feed would have them. Undefined while there are mistakes in them. */
  readonly settings: FeedSettings | undefined
  readonly mistakes: readonly string[]
  /** Settings as they were given, unchecked. */
  readonly input: Readonly<Record<string, unknown>>
  readonly environment: Environment
  /** Undefined when none is kept. */
  readonly dataFolder: string | undefined
  /** What the last feed left there, or a sentence that says what is wrong with it. */
  readonly record: SupportRecord | string | undefined
  readonly clock: Clock
  readonly calendar: Calendar
}

export type Check = (context: Context) => readonly Finding[] | Promise<readonly Finding[]>

/** 2 is the exit code of a command that was called wrongly. */
const exitCodes: Readonly<Record<Severity, number>> = { ok: 0, info: 0, warning: 1, error: 3 }

export function exitCodeOf(findings: readonly Finding[]): number {
  return Math.max(0, ...findings.map(({ severity }) => exitCodes[severity]))
}
