// The values of settings: each schema reads text from a flag or the environment as well as a value from code,
// and describes a mistake.
import { z } from 'zod'
import { isChannel, unknownChannel } from '../../kis/channel.ts'
import { addressOf } from '../../kis/redaction.ts'
import { Secret } from '../../kis/secret.ts'
import { unknownColumns } from '../../kis/wire/columns.ts'
import { didYouMean } from '../../market/basics/did-you-mean.ts'
import { plainNumber, quoted } from '../../market/basics/plain-number.ts'
import type { CalendarChanges } from '../../market/calendar/holidays.ts'
import { parseInstrument } from '../../market/instrument.ts'
import { readPairs } from '../feed/subscriptions.ts'
import { type ReadChanges, readCalendarChanges, readCalendarFile } from './calendar-changes.ts'

export type NumberRange = {
  /** What the mistake calls it: `milliseconds`, `a port`. */
  readonly expected: string
  readonly least: number
  readonly most: number
  /** Whether fractions are accepted as well. */
  readonly isFraction?: boolean
}

export function number({ expected, least, most, isFraction = false }: NumberRange) {
  const range = `expected ${expected}, ${least} to ${most}`
  return z
    .custom<number | string>(given => plainNumber(given) !== undefined, {
      error: issue => `${issue.input === true ? 'needs a value' : quoted(issue.input)}; ${range}`,
    })
    .transform((given, context) => {
      const value = plainNumber(given) as number // checked above
      if (value >= least && value <= most && (isFraction || Number.isInteger(value))) return value
      context.addIssue({ code: 'custom', message: `${quoted(given)}; ${range}` })
      return z.NEVER
    })
}

export const port = number({ expected: 'a port', least: 0, most: 65_535 })
export const milliseconds = number({ expected: 'milliseconds', least: 0, most: 86_400_000 })
export const limit = number({ expected: 'a whole number', least: 0, most: 86_400_000 })

export function text(expected: string) {
  return z.string({ error: `needs ${expected}` })
}

/** One of a few words, with the likely one where it is misspelt. */
export function oneOf<const T extends readonly [string, ...string[]]>(...words: T) {
  return z.enum(words, {
    error: ({ input }) =>
      `${quoted(input)}; expected ${words.join(', ')}${typeof input === 'string' ? didYouMean(input, words) : ''}`,
  })
}

function yesOrNo(expected: string) {
  return z.union([z.boolean(), z.stringbool()], { error: issue => `${quoted(issue.input)}; expected ${expected}` })
}

export const trueOrFalse = yesOrNo('true or false')
/** A flag without a value, or a word in the environment. */
export const onOrOff = yesOrNo('on or off')

/** A key, a secret, or what else must never be shown. */
export const secret = z
  .string({ error: issue => (issue.input === undefined ? 'is missing' : 'is no text') })
  .trim()
  .min(1, { error: 'is empty' })
  .transform(value => new Secret(value))

function address(...protocols: readonly string[]) {
  const expected = protocols.map(protocol => `${protocol}//`).join(' or ')
  return z
    .string({ error: issue => `${quoted(issue.input)}; expected an address` })
    .refine(value => URL.canParse(value) && protocols.includes(new URL(value).protocol), {
      error: issue => `'${addressOf(String(issue.input))}' is no address; expected one that starts with ${expected}`,
    })
}

export const httpAddress = address('http:', 'https:')
export const socketAddress = address('ws:', 'wss:')

/** `a,b` or ['a', 'b']. */
const list = z
  .union([z.string().transform(given => given.split(',')), z.array(z.string()).readonly()], {
    error: ({ input }) =>
      input === true ? 'needs a list, separated by commas' : `${quoted(input)}; expected texts, or one with commas`,
  })
  .transform(items => [...new Set(items.map(item => item.trim()).filter(item => item !== ''))])

function report(messages: readonly string[], context: z.RefinementCtx): void {
  for (const message of messages) context.addIssue({ code: 'custom', message })
}

export const instrumentList = list.transform((names, context) => {
  const instruments = names.flatMap(name => {
    const parsed = parseInstrument(name)
    if ('value' in parsed) return [parsed.value]
    report([parsed.problem], context)
    return []
  })
  return [...new Set(instruments)]
})

/** Channels by themselves; whether one fits an instrument is checked when all settings are known. */
export const channelList = list.superRefine((channels, context) =>
  report(
    channels.filter(channel => !isChannel(channel)).map(channel => unknownChannel(channel)),
    context,
  ),
)

export const pairList = list.transform((items, context) => {
  const { subscriptions, problems } = readPairs(items)
  report(problems, context)
  return subscriptions
})

export const columnList = list.superRefine((columns, context) => report(unknownColumns(columns), context))

function changesOr(read: ReadChanges, context: z.RefinementCtx): CalendarChanges {
  if ('changes' in read) return read.changes
  report(read.problems, context)
  return z.NEVER
}

export const calendarChanges = z
  .custom<CalendarChanges>(() => true)
  .transform((changes, context) => changesOr(readCalendarChanges(changes), context))

export const calendarFile = text('a file').transform((file, context) => changesOr(readCalendarFile(file), context))
