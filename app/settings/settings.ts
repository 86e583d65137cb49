// The settings of a feed, checked as a whole: consistent settings, or one error that lists every mistake.
import type { CustomerType } from '../../kis/wire/request.ts'
import { defaultSocketPath, type Environment, endpoints, socketAddress } from '../../kis/endpoints.ts'
import type { Secret } from '../../kis/secret.ts'
import type { Endpoint } from '../../machines/events.ts'
import { defaultTiming, type Timing } from '../../machines/timing.ts'
import type { CalendarChanges } from '../../market/calendar/holidays.ts'
import type { Instrument, Market } from '../../market/instrument.ts'
import { unknownOptions } from '../../market/basics/did-you-mean.ts'
import type { ScheduleName } from '../../market/calendar/schedules.ts'
import type { Channel, Subscription } from '../../market/subscription.ts'
import { type Lines, lineProblems, linesOf } from './lines.ts'
import { feedSchema, wantedSchema } from './feed-schema.ts'
import { subscriptionProblems } from '../feed/subscriptions.ts'

export type FeedSettings = {
  readonly environment: Environment
  readonly lines: Lines
  readonly customerType: CustomerType
  /** Identifies a person, so it is kept like a secret. */
  readonly htsId: Secret | undefined
  readonly overseasFeed: 'free' | 'paid'
  readonly restUrl: string
  readonly checkCertificate: boolean
  readonly endpoints: Readonly<Record<Market, Endpoint>>
  readonly instruments: readonly Instrument[]
  readonly channels: readonly Channel[]
  /** Single pairs beside instruments × channels. */
  readonly subscribe: readonly Subscription[]
  /** By the schedule, or one market at any hour. */
  readonly market: 'auto' | Market
  /** At what hours which market is connected. */
  readonly schedule: ScheduleName
  /** Days that the user knows better than the announced holidays. */
  readonly calendarChanges: CalendarChanges
  readonly columns: readonly string[]
  readonly timing: Timing
}

/** Everything that is wrong with the input, in one message. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError'
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(
      problems.length === 1
        ? (problems[0] as string)
        : `${problems.length} mistakes:\n${problems.map(p => `  - ${p}`).join('\n')}`,
    )
    this.problems = problems
  }
}

export const settingNames: readonly string[] = Object.keys(feedSchema.shape)

/**
 * Checks everything at once. `nameOf` returns the name by which the user set a setting (`--instruments`,
 * `KIS_APP_KEY`). An unknown name in `input` is a mistake too; `others` are further names that it may be a
 * misspelling of. Throws a SettingsError.
 */
export function readSettings(
  input: Readonly<Record<string, unknown>>,
  nameOf: (setting: string) => string = name => name,
  others: readonly string[] = [],
): FeedSettings {
  const parsed = feedSchema.safeParse(input)
  const unknown = unknownSettings(input, others)
  if (!parsed.success) {
    const wanted = wantedSchema.safeParse(input)
    throw new SettingsError([
      ...unknown,
      ...parsed.error.issues.map(
        issue => `${nameOf(issue.path.findLast(part => typeof part === 'string') ?? '')} ${issue.message}`,
      ),
      ...(wanted.success ? subscriptionProblems(wanted.data) : []),
    ])
  }
  const given = parsed.data
  const problems = [...unknown, ...subscriptionProblems(given), ...lineProblems(given, nameOf)]
  if (given.calendarFile !== undefined && given.calendarChanges !== undefined) {
    problems.push(`${nameOf('calendarFile')} and ${nameOf('calendarChanges')} were both given; one of them is enough`)
  }
  if (!given.checkCertificate && given.environment !== 'paper') {
    problems.push(`${nameOf('checkCertificate')} may be turned off for paper only`)
  }
  if (problems.length > 0) throw new SettingsError(problems)

  const known = endpoints[given.environment]
  const address = (own: string | undefined) => ({
    url: socketAddress(own ?? given.socketUrl ?? known.socket, defaultSocketPath),
  })
  const pacing = given.environment === 'paper' ? { pacingMs: 500 } : {}
  return Object.freeze({
    environment: given.environment,
    lines: linesOf(given),
    customerType: given.customerType,
    htsId: given.htsId,
    overseasFeed: given.overseasFeed,
    checkCertificate: given.checkCertificate,
    restUrl: withoutUser(given.restUrl ?? known.rest).replace(/\/+$/, ''),
    endpoints: { KR: address(given.koreanSocketUrl), US: address(given.usSocketUrl) },
    instruments: given.instruments,
    channels: given.channels,
    subscribe: given.subscribe,
    market: given.market,
    schedule: given.schedule,
    calendarChanges: given.calendarFile ?? given.calendarChanges ?? {},
    columns: given.columns,
    timing: { ...defaultTiming, ...pacing, ...withoutUndefined(given.timing) },
  })
}

function unknownSettings(input: Readonly<Record<string, unknown>>, others: readonly string[]): string[] {
  const { timing } = input
  const unknown = unknownOptions(input, [...settingNames, ...others])
  if (typeof timing !== 'object' || timing === null) return unknown
  return [...unknown, ...unknownOptions(timing, Object.keys(defaultTiming), 'timing.')]
}

/** User and password are not sent to KIS, and the address appears in errors, in files and on the page. */
function withoutUser(address: string): string {
  const url = new URL(address)
  if (url.username === '' && url.password === '') return address
  url.username = ''
  url.password = ''
  return url.href
}

/** What must never be shown; what KIS issues later comes on top. */
export function secretsOf({ lines, htsId }: FeedSettings): Secret[] {
  return [...lines.flatMap(({ appKey, appSecret }) => [appKey, appSecret]), ...(htsId === undefined ? [] : [htsId])]
}

function withoutUndefined<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>
  }
}
