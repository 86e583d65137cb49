// The options of a feed and of its jobs, from code: settings, parts, and mistakes. Types say the same to
// callers that have them; this is for the others, and for names that an object brought along.
import type { FeedParts } from '../feed/contract.ts'
import { queueNames } from '../../workers/queues.ts'
import type { JobsParts } from '../jobs/jobs.ts'
import { type FeedSettings, readSettings, SettingsError } from './settings.ts'

type Part = { readonly expected: string; readonly fits: (given: unknown) => boolean }
type Parts<T> = Readonly<Record<keyof T, Part>>

const withMethods = (expected: string, ...methods: readonly string[]): Part => ({
  expected,
  fits: given =>
    typeof given === 'object' &&
    given !== null &&
    methods.every(name => typeof (given as Record<string, unknown>)[name] === 'function'),
})
const typed = (expected: string, type: string): Part => ({ expected, fits: given => typeof given === type })
const folder: Part = {
  expected: 'a folder, or false',
  fits: given => given === false || (typeof given === 'string' && given !== ''),
}

const shared = {
  clock: withMethods('a clock, with now()', 'now'),
  calendar: withMethods('a calendar, as createCalendar makes', 'sessionAt', 'nextSession'),
  log: withMethods('a log, with debug, info, warn and error', 'debug', 'info', 'warn', 'error'),
  dataFolder: folder,
}

export const feedParts: Parts<FeedParts> = {
  ...shared,
  continuity: typed('true or false', 'boolean'),
  seed: { expected: 'a number', fits: given => Number.isFinite(given) },
  jobs: { expected: 'what openJobs resolves to', fits: given => Object.hasOwn(Object(given), 'forFeed') },
  recordFolder: folder,
  inspect: typed('a function', 'function'),
}

/** Jobs take the options of their feed, and need only some of them. */
const { jobs: _, ...partsOfItsFeed } = feedParts
export const jobsParts: Parts<Omit<FeedParts, 'jobs'> & JobsParts> = {
  ...partsOfItsFeed,
  redisUrl: typed('an address, as redis://127.0.0.1:6379', 'string'),
  queues: {
    expected: `a list of queues, of ${queueNames.join(', ')}`,
    fits: given => Array.isArray(given) && given.every(name => queueNames.some(known => known === name)),
  },
}

/** Settings and parts, without what is undefined. Throws a SettingsError that lists every mistake. */
export function readOptions<T>(
  options: Readonly<Record<string, unknown>>,
  known: Parts<T>,
): { readonly settings: FeedSettings; readonly parts: Partial<T> } {
  if (typeof (options as unknown) !== 'object' || options === null) {
    throw new SettingsError(['expected options, as { appKey, appSecret, instruments }'])
  }
  const names = Object.keys(known)
  const isPart = ([name]: readonly [string, unknown]) => names.includes(name)
  const given = Object.entries(options).filter(([, value]) => value !== undefined)
  const parts = given.filter(isPart)
  const problems = parts.flatMap(([name, value]) => {
    const { expected, fits } = known[name as keyof T]
    return fits(value) ? [] : [`${name} needs ${expected}; it is ${value === null ? 'null' : typeof value}`]
  })
  const input = Object.fromEntries(Object.entries(options).filter(entry => !isPart(entry)))
  try {
    const settings = readSettings(input, undefined, names)
    // Checked one by one above.
    if (problems.length === 0) return { settings, parts: Object.fromEntries(parts) as Partial<T> }
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    problems.push(...error.problems)
  }
  throw new SettingsError(problems)
}
