// Flags and environment → what a feed is told. Flags win over the environment, and the environment over a `.env` file. Nobody else in
// the project reads process.env.
import { existsSync, readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { settingNames } from '../../app/settings/settings.ts'
import { defaultTiming } from '../../machines/timing.ts'
import { nearest } from '../../market/basics/did-you-mean.ts'

/** Every setting that the environment may give. The README's configuration table lists the same names; a test compares them. */
export const environmentNames: Readonly<Record<string, string>> = {
  environment: 'KIS_ENV',
  appKey: 'KIS_APP_KEY',
  appSecret: 'KIS_APP_SECRET',
  usAppKey: 'KIS_APP_KEY_US',
  usAppSecret: 'KIS_APP_SECRET_US',
  htsId: 'KIS_HTS_ID',
  customerType: 'KIS_CUSTOMER_TYPE',
  overseasFeed: 'KIS_OVERSEAS_FEED',
  restUrl: 'KIS_REST_URL',
  socketUrl: 'KIS_WS_URL',
  koreanSocketUrl: 'KIS_WS_URL_KR',
  usSocketUrl: 'KIS_WS_URL_US',
  checkCertificate: 'KIS_CHECK_CERTIFICATE',
  instruments: 'KIS_INSTRUMENTS',
  channels: 'KIS_CHANNELS',
  subscribe: 'KIS_SUBSCRIBE',
  allowUnplaced: 'KIS_ALLOW_UNPLACED',
  market: 'KIS_MARKET',
  schedule: 'KIS_SCHEDULE',
  calendarFile: 'KIS_CALENDAR',
  columns: 'KIS_COLUMNS',
  dataFolder: 'KIS_DATA_FOLDER',
  record: 'KIS_RECORD',
  format: 'KIS_FORMAT',
  logLevel: 'KIS_LOG_LEVEL',
  jobs: 'KIS_JOBS',
  redisUrl: 'REDIS_URL',
  dashboard: 'KIS_DASHBOARD',
  dashboardPort: 'KIS_DASHBOARD_PORT',
  dashboardHost: 'KIS_DASHBOARD_HOST',
  dashboardToken: 'KIS_DASHBOARD_TOKEN',
  inspect: 'KIS_INSPECT',
}

/** What the command asks for of each instrument; code gets trades alone. */
export const defaultChannels = 'trade,order-book'

/** Flags that are called otherwise than their settings. */
const flagNames: Readonly<Record<string, string>> = { calendarFile: 'calendar' }

/** `graceMs` → `KIS_GRACE_MS`. */
export function timingName(name: string): string {
  return `KIS_${name.replaceAll(/[A-Z]/g, letter => `_${letter}`).toUpperCase()}`
}

export type Environment = Readonly<Record<string, string | undefined>>

/** Settings from flags and environment, and how each one is called where it came from. An empty variable counts as unset. */
export function readEnvironment(flags: Readonly<Record<string, unknown>>, environment: Environment) {
  const told: Record<string, unknown> = {}
  const names: Record<string, string> = {}
  for (const [setting, variable] of Object.entries(environmentNames)) {
    const flag = flagNames[setting] ?? setting
    const fromFlag = flags[flag]
    const value = fromFlag ?? (environment[variable] || undefined)
    names[setting] =
      fromFlag === undefined ? variable : `--${flag.replaceAll(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`
    if (value !== undefined) told[setting] = value
  }
  const timing = Object.keys(defaultTiming).flatMap(name => {
    names[name] = timingName(name)
    const value = environment[timingName(name)]
    return value ? [[name, value]] : []
  })
  told['timing'] = Object.fromEntries(timing)
  return { told, nameOf: (setting: string) => names[setting] ?? setting }
}

/** What of it is for the feed: the command has settings of its own beside those. */
export function feedSettings(told: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(told).filter(([name]) => settingNames.includes(name)))
}

const envFile = 'KIS_ENV_FILE'

/**
 * Variables that look like ours and are none. No mistake by themselves, because other programs read KIS_ variables
 * too; `meant` is the one of ours that a misspelt one probably stands for. Values are not looked at.
 */
export function unknownVariables(environment: Environment): { readonly says: string; readonly meant?: string }[] {
  const known = [...Object.values(environmentNames), ...Object.keys(defaultTiming).map(timingName), envFile]
  return Object.keys(environment)
    .filter(name => name.startsWith('KIS_') && !known.includes(name))
    .map(name => {
      const says = `${name} is no variable of kis-stream and is ignored`
      const meant = nearest(name, known)
      return meant === undefined ? { says } : { says: `${says}; did you mean ${meant}?`, meant }
    })
}

/**
 * Reads the file that `KIS_ENV_FILE` names, or `.env` of the working directory if there is one. What is already set stays as it
 * is. Says what is wrong with a file that was named.
 */
export function loadEnvironmentFile(): string | undefined {
  const named = process.env[envFile]
  if (!named && !existsSync('.env')) return undefined
  try {
    // Not `process.loadEnvFile`: it makes a byte order mark, which some editors write, a part of the first name.
    const read = parseEnv(readFileSync(named || '.env', 'utf8').replace(/^\uFEFF/, ''))
    for (const [name, value] of Object.entries(read)) process.env[name] ??= value
    return undefined
  } catch (error) {
    return `${envFile} cannot be read: ${(error as Error).message}`
  }
}
