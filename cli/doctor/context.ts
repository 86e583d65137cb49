// What doctor and support-bundle look at: the configuration as a feed would have it, and what the last feed
// left behind.
import { readSupportRecord } from '../../app/operations/support-record.ts'
import { keySettings } from '../../app/settings/lines.ts'
import { readSettings, SettingsError, type FeedSettings } from '../../app/settings/settings.ts'
import { Secret } from '../../kis/secret.ts'
import { createCalendar, standardCalendar } from '../../market/calendar/calendar.ts'
import { systemClock } from '../../market/clock.ts'
import { defaultChannels, feedSettings, loadEnvironmentFile, readEnvironment } from '../input/environment.ts'
import type { Context } from './finding.ts'

/** Stands for keys that are not there: without them, everything else can still be looked at. */
const placeholder = 'demonstration'

export function readContext(flags: Readonly<Record<string, unknown>>): Context {
  const fileProblem = loadEnvironmentFile()
  const { input, nameOf, mistakes: inputMistakes } = readEnvironment(flags, process.env)
  const withoutKeys = input['appKey'] === undefined && input['appSecret'] === undefined
  const complete = {
    channels: defaultChannels,
    ...input,
    ...(withoutKeys ? { appKey: placeholder, appSecret: placeholder } : {}),
  }
  const mistakes = [...(fileProblem === undefined ? [] : [fileProblem]), ...inputMistakes]
  let settings: FeedSettings | undefined
  try {
    settings = readSettings(feedSettings(complete), nameOf)
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    mistakes.push(...error.problems)
  }
  const folder = input['dataFolder'] ?? '.kis-stream'
  const dataFolder = typeof folder === 'string' && folder !== 'off' ? folder : undefined
  return {
    settings: mistakes.length === 0 ? settings : undefined,
    mistakes,
    input,
    environment: process.env,
    dataFolder,
    record: dataFolder === undefined ? undefined : readSupportRecord(dataFolder),
    clock: systemClock,
    calendar: settings === undefined ? standardCalendar : createCalendar(settings.calendarChanges),
  }
}

/** Every secret of this program. */
export function secretsOf({ input, environment }: Context): Secret[] {
  const given = [...keySettings.flatMap(({ key, secret }) => [input[key], input[secret]]), input['htsId']]
  const named = Object.entries(environment).flatMap(([name, value]) =>
    /(KEY|SECRET|TOKEN|PASSWORD|HTS_ID|ACCOUNT)/.test(name) && value ? [value] : [],
  )
  return [...given, ...named].filter(value => typeof value === 'string').map(value => new Secret(value))
}
