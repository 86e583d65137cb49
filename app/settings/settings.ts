// What a feed can be told, checked as a whole: either settings that hold together, or one error that lists every mistake.
import { z } from 'zod'
import type { CustomerType } from '../../kis/wire/request.ts'
import { isChannel, unknownChannel } from '../../kis/channel.ts'
import { unknownColumns } from '../../kis/wire/columns.ts'
import { defaultSocketPath, type Environment, endpoints, socketAddress } from '../../kis/endpoints.ts'
import type { AppKeys } from '../../kis/credentials.ts'
import { addressOf } from '../../kis/redaction.ts'
import { Secret } from '../../kis/secret.ts'
import type { Endpoint } from '../../machines/events.ts'
import { defaultTiming, type Timing } from '../../machines/timing.ts'
import type { CalendarChanges } from '../../market/calendar/holidays.ts'
import { type Instrument, type Market, parseInstrument } from '../../market/instrument.ts'
import { didYouMean, unknownOptions } from '../../market/basics/did-you-mean.ts'
import { quoted } from '../../market/basics/plain-number.ts'
import type { ScheduleName } from '../../market/calendar/schedules.ts'
import type { Channel, Subscription } from '../../market/subscription.ts'
import { numberSetting } from './number-setting.ts'
import { readCalendarChanges, readCalendarFile, type ReadChanges } from './calendar-changes.ts'
import { secondKey, secondKeyProblems } from './second-key.ts'
import { readPairs, subscriptionProblems } from '../feed/subscriptions.ts'

export type FeedSettings = {
  readonly environment: Environment
  readonly appKey: Secret
  readonly appSecret: Secret
  /** An app key of its own for the US market, whose line then is its own as well. */
  readonly us: AppKeys | undefined
  readonly customerType: CustomerType
  /** Identifies a person, so it is kept like a secret. */
  readonly htsId: Secret | undefined
  readonly overseasFeed: 'free' | 'paid'
  readonly restUrl: string
  readonly checkCertificate: boolean
  readonly endpoints: Readonly<Record<Market, Endpoint>>
  readonly instruments: readonly Instrument[]
  readonly channels: readonly Channel[]
  /** Pairs that are asked for besides instruments × channels. */
  readonly subscribe: readonly Subscription[]
  /** Whose turn it is: by the schedule, or held by one market whatever the hour. */
  readonly market: 'auto' | Market
  /** At what hours which market has its turn. */
  readonly schedule: ScheduleName
  /** What the user knows better than the announced holidays. */
  readonly calendarChanges: CalendarChanges
  readonly columns: readonly string[]
  readonly timing: Timing
}

/** Everything that is wrong with what we were told, in one message. */
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

const url = (protocols: readonly string[]) =>
  z
    .string({ error: issue => `${quoted(issue.input)}; expected an address` })
    .refine(text => URL.canParse(text) && protocols.includes(new URL(text).protocol), {
      error: issue =>
        `'${addressOf(String(issue.input))}' is no address; expected one that starts with ${protocols.map(p => `${p}//`).join(' or ')}`,
    })

const trueOrFalse = z.union([z.boolean(), z.stringbool()], {
  error: issue => `${quoted(issue.input)}; expected true or false`,
})
const socketUrl = url(['ws:', 'wss:'])
/** `a,b` or ['a', 'b']. */
const list = z
  .union([z.string().transform(text => text.split(',')), z.array(z.string()).readonly()], {
    error: ({ input }) =>
      input === true ? 'needs a list, separated by commas' : `${quoted(input)}; expected texts, or one with commas`,
  })
  .transform(items => [...new Set(items.map(item => item.trim()).filter(item => item !== ''))])
const oneOf = <const T extends readonly [string, ...string[]]>(...values: T) =>
  z.enum(values, {
    error: ({ input }) =>
      `${quoted(input)}; expected ${values.join(', ')}${typeof input === 'string' ? didYouMean(input, values) : ''}`,
  })
const milliseconds = numberSetting({ expected: 'milliseconds', least: 0, most: 86_400_000 })
const limit = numberSetting({ expected: 'a whole number', least: 0, most: 86_400_000 })
/** A limit is called `most…`; everything else in it is a wait. */
const timingShape = z.object(
  Object.fromEntries(
    Object.keys(defaultTiming).map(name => [name, (name.startsWith('most') ? limit : milliseconds).optional()]),
  ) as Record<keyof Timing, z.ZodOptional<typeof milliseconds>>,
  { error: issue => `${quoted(issue.input)}; expected waits by their names, as { graceMs: 3000 }` },
)
const key = z
  .string({ error: issue => (issue.input === undefined ? 'is missing' : 'is no text') })
  .trim()
  .min(1, { error: 'is empty' })
  .transform(text => new Secret(text))

function changesOr(read: ReadChanges, context: z.RefinementCtx): CalendarChanges {
  if ('changes' in read) return read.changes
  for (const message of read.problems) context.addIssue({ code: 'custom', message })
  return z.NEVER
}

const instrumentList = list.transform((names, context) => {
  const instruments = names.flatMap(name => {
    const parsed = parseInstrument(name)
    if ('value' in parsed) return [parsed.value]
    context.addIssue({ code: 'custom', message: parsed.problem })
    return []
  })
  return [...new Set(instruments)]
})

/** Channels by themselves; whether one fits an instrument is looked at once everything else is in order. */
const channelList = list.superRefine((channels, context) => {
  for (const channel of channels) {
    if (!isChannel(channel)) context.addIssue({ code: 'custom', message: unknownChannel(channel) })
  }
})

const pairList = list.transform((items, context) => {
  const { subscriptions, problems } = readPairs(items)
  for (const message of problems) context.addIssue({ code: 'custom', message })
  return subscriptions
})

const columnList = list.superRefine((columns, context) => {
  for (const message of unknownColumns(columns)) context.addIssue({ code: 'custom', message })
})

const shape = z.object({
  environment: oneOf('prod', 'paper').default('prod'),
  appKey: key,
  appSecret: key,
  usAppKey: key.optional(),
  usAppSecret: key.optional(),
  customerType: oneOf('P', 'B').default('P'),
  htsId: key.optional(),
  overseasFeed: oneOf('free', 'paid').default('free'),
  restUrl: url(['http:', 'https:']).optional(),
  socketUrl: socketUrl.optional(),
  koreanSocketUrl: socketUrl.optional(),
  usSocketUrl: socketUrl.optional(),
  checkCertificate: trueOrFalse.default(true),
  instruments: instrumentList.default([]),
  channels: channelList.default(['trade']),
  subscribe: pairList.default([]),
  market: oneOf('auto', 'KR', 'US').default('auto'),
  schedule: oneOf('operating-guide', 'korean-after-market', 'side-by-side').default('operating-guide'),
  calendarChanges: z
    .custom<CalendarChanges>(() => true)
    .transform((changes, context) => changesOr(readCalendarChanges(changes), context))
    .optional(),
  calendarFile: z
    .string({ error: 'needs a file' })
    .transform((file, context) => changesOr(readCalendarFile(file), context))
    .optional(),
  columns: columnList.default([]),
  timing: timingShape.default({}),
})

/** What is asked for, by itself: its mistakes are listed beside those of everything else. */
const wantedShape = shape.pick({ instruments: true, channels: true, subscribe: true, overseasFeed: true, htsId: true })

/** What may be told, unchecked: text from flags and the environment, or values from code. */
export type FeedInput = z.input<typeof shape>

export const settingNames: readonly string[] = Object.keys(shape.shape)

/**
 * Checks everything at once. `nameOf` says how the reader knows a setting (`--instruments`, `KIS_APP_KEY`). An
 * unknown name in `input` is a mistake as well; `others` are further names that it may stand for. Throws a
 * SettingsError.
 */
export function readSettings(
  input: Readonly<Record<string, unknown>>,
  nameOf: (setting: string) => string = name => name,
  others: readonly string[] = [],
): FeedSettings {
  const parsed = shape.safeParse(input)
  const unknown = unknownSettings(input, others)
  if (!parsed.success) {
    const wanted = wantedShape.safeParse(input)
    throw new SettingsError([
      ...unknown,
      ...parsed.error.issues.map(
        issue => `${nameOf(issue.path.findLast(part => typeof part === 'string') ?? '')} ${issue.message}`,
      ),
      ...(wanted.success ? subscriptionProblems(wanted.data) : []),
    ])
  }
  const told = parsed.data
  const problems = [...unknown, ...subscriptionProblems(told), ...secondKeyProblems(told, nameOf)]
  if (told.calendarFile !== undefined && told.calendarChanges !== undefined) {
    problems.push(`${nameOf('calendarFile')} and ${nameOf('calendarChanges')} were both given; one of them is enough`)
  }
  if (!told.checkCertificate && told.environment !== 'paper') {
    problems.push(`${nameOf('checkCertificate')} may be turned off for paper only`)
  }
  if (problems.length > 0) throw new SettingsError(problems)

  const known = endpoints[told.environment]
  const address = (own: string | undefined) => ({
    url: socketAddress(own ?? told.socketUrl ?? known.socket, defaultSocketPath),
  })
  const pacing = told.environment === 'paper' ? { pacingMs: 500 } : {}
  return Object.freeze({
    environment: told.environment,
    appKey: told.appKey,
    appSecret: told.appSecret,
    us: secondKey(told),
    customerType: told.customerType,
    htsId: told.htsId,
    overseasFeed: told.overseasFeed,
    checkCertificate: told.checkCertificate,
    restUrl: withoutUser(told.restUrl ?? known.rest).replace(/\/+$/, ''),
    endpoints: { KR: address(told.koreanSocketUrl), US: address(told.usSocketUrl) },
    instruments: told.instruments,
    channels: told.channels,
    subscribe: told.subscribe,
    market: told.market,
    schedule: told.schedule,
    calendarChanges: told.calendarFile ?? told.calendarChanges ?? {},
    columns: told.columns,
    timing: { ...defaultTiming, ...pacing, ...withoutUndefined(told.timing) },
  })
}

function unknownSettings(input: Readonly<Record<string, unknown>>, others: readonly string[]): string[] {
  const { timing } = input
  const unknown = unknownOptions(input, [...settingNames, ...others])
  if (typeof timing !== 'object' || timing === null) return unknown
  return [...unknown, ...unknownOptions(timing, Object.keys(defaultTiming), 'timing.')]
}

/** User and password would not be sent, and the address stands in errors, in files and on the page. */
function withoutUser(address: string): string {
  const url = new URL(address)
  if (url.username === '' && url.password === '') return address
  url.username = ''
  url.password = ''
  return url.href
}

/** What must never be shown, whatever is issued later. */
export function secretsOf({ appKey, appSecret, htsId, us }: FeedSettings): Secret[] {
  return [
    appKey,
    appSecret,
    ...(us === undefined ? [] : [us.appKey, us.appSecret]),
    ...(htsId === undefined ? [] : [htsId]),
  ]
}

function withoutUndefined<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>
  }
}
