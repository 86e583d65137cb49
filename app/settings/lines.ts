// The lines of a feed: one app key with its one session each, for its own markets.
import type { AppKeys } from '../../kis/credentials.ts'
import type { Secret } from '../../kis/secret.ts'
import type { LineId } from '../../market/events.ts'
import { type Market, markets } from '../../market/instrument.ts'
import type { ScheduleName } from '../../market/calendar/schedules.ts'

export type Line = AppKeys & {
  readonly id: LineId
  readonly markets: readonly Market[]
}

/** The line of `KIS_APP_KEY` is the first. REST calls and jobs use its app key. */
export type Lines = readonly [Line, ...Line[]]

/** The settings that hold the keys of each line, by its id. */
export const keySettings = [
  { id: '1', key: 'appKey', secret: 'appSecret', variable: 'KIS_APP_KEY' },
  { id: '2', key: 'usAppKey', secret: 'usAppSecret', variable: 'KIS_APP_KEY_US' },
] as const

export type KeySetting = (typeof keySettings)[number]

type Given = AppKeys & {
  readonly usAppKey?: Secret | undefined
  readonly usAppSecret?: Secret | undefined
  readonly schedule: ScheduleName
}

/** One line for both markets, or one for each where the US market has an app key of its own. */
export function linesOf({ appKey, appSecret, usAppKey, usAppSecret }: Given): Lines {
  const first = { id: '1', appKey, appSecret }
  if (usAppKey === undefined || usAppSecret === undefined) return [{ ...first, markets }]
  return [
    { ...first, markets: ['KR'] },
    { id: '2', appKey: usAppKey, appSecret: usAppSecret, markets: ['US'] },
  ]
}

export function lineProblems(given: Given, nameOf: (setting: string) => string): string[] {
  const { appKey, usAppKey, usAppSecret, schedule } = given
  const [key, secret] = [nameOf('usAppKey'), nameOf('usAppSecret')]
  if ((usAppKey === undefined) !== (usAppSecret === undefined)) {
    return [`${key} and ${secret} go together; one is missing`]
  }
  if (usAppKey?.reveal() === appKey.reveal()) {
    return [`${key} is the same as ${nameOf('appKey')}; KIS allows one session for each app key: use another one`]
  }
  if (schedule === 'side-by-side' && usAppKey === undefined) {
    return [`${nameOf('schedule')} side-by-side needs a second app key for the US market: ${key} and ${secret}`]
  }
  return []
}

/** Every market has exactly one line. */
export function lineOfMarket(lines: Lines, market: Market): Line {
  return lines.find(line => line.markets.includes(market)) ?? lines[0]
}

/** The app key that REST calls and jobs use. */
export function ownerOf({ lines, restUrl }: { readonly lines: Lines; readonly restUrl: string }) {
  const [{ appKey, appSecret }] = lines
  return { appKey, appSecret, restUrl }
}

/** The setting that a line's app key comes from, as metrics and findings name the line. */
export function variableOf(line: LineId): string {
  return keySettings.find(({ id }) => id === line)?.variable ?? `line ${line}`
}
