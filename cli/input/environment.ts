// Flags and environment → the input of the settings. Flags override the environment, and the environment
// overrides a `.env` file. No other file of the project reads process.env.
import { existsSync, readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { allSettings, type Setting } from '../../app/settings/setting-list.ts'
import { settingNames } from '../../app/settings/settings.ts'
import { timingName, timingVariable } from '../../app/settings/timing-list.ts'
import { defaultTiming } from '../../machines/timing.ts'
import { nearest } from '../../market/basics/did-you-mean.ts'

/** The command's default channels; code has trades alone by default. */
export const defaultChannels = 'trade,order-book'

const timingNames = Object.keys(defaultTiming)

const envFile = 'KIS_ENV_FILE'

/** Every variable that is read. */
const knownVariables: readonly string[] = [
  ...Object.values(allSettings).flatMap(({ variable }) => variable ?? []),
  ...timingNames.flatMap(name => timingVariable(name) ?? []),
  envFile,
]

/** Variables of earlier versions, each with its replacement. */
const retiredVariables: Readonly<Record<string, string>> = {
  KIS_OUTPUT: 'it is called KIS_FORMAT now',
  ...Object.fromEntries(
    timingNames
      .filter(name => timingVariable(name) === undefined)
      .map(name => [timingName(name), `it is only an option in code now, timing.${name}`]),
  ),
}

export type Environment = Readonly<Record<string, string | undefined>>

export type Input = {
  /** By the names of settings, unchecked. */
  readonly input: Readonly<Record<string, unknown>>
  /** The flag or the variable that a setting came from; its variable when it was not given. */
  readonly nameOf: (setting: string) => string
  /** Retired variables. */
  readonly mistakes: readonly string[]
}

/** An empty variable counts as unset. */
export function readEnvironment(flags: Readonly<Record<string, unknown>>, environment: Environment): Input {
  const input: Record<string, unknown> = {}
  const names: Record<string, string> = {}
  for (const [setting, { variable = '', flag }] of Object.entries<Setting>(allSettings)) {
    const [long = ''] = (flag ?? '').split(' ')
    const given = flags[camelCased(long.slice(2)) || setting]
    // Commander gives true for a flag that only turns off, and was not used.
    const fromFlag = flag === undefined && given === true ? undefined : given
    const value = fromFlag ?? (environment[variable] || undefined)
    names[setting] = fromFlag === undefined ? variable : long || variable
    if (value !== undefined) input[setting] = value
  }
  const timing = timingNames.flatMap(name => {
    const variable = timingVariable(name)
    if (variable === undefined) return []
    names[name] = variable
    const value = environment[variable]
    return value ? [[name, value]] : []
  })
  input['timing'] = Object.fromEntries(timing)
  const mistakes = Object.entries(retiredVariables).flatMap(([name, advice]) =>
    environment[name] ? [`${name} is no variable any more; ${advice}`] : [],
  )
  return { input, nameOf: setting => names[setting] ?? setting, mistakes }
}

/** `data-folder` → `dataFolder`, as Commander does. */
function camelCased(flag: string): string {
  return flag.replaceAll(/-[a-z]/g, ([, letter = '']) => letter.toUpperCase())
}

/** The part of the input for the feed: the command has further settings of its own. */
export function feedSettings(input: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(input).filter(([name]) => settingNames.includes(name)))
}

/**
 * Unknown variables with our prefix. No mistake by themselves, because other programs read KIS_ variables
 * too; `meant` is our variable that a misspelt one probably stands for. Values are not read.
 */
export function unknownVariables(environment: Environment): { readonly says: string; readonly meant?: string }[] {
  return Object.keys(environment)
    .filter(name => name.startsWith('KIS_') && !knownVariables.includes(name) && !(name in retiredVariables))
    .map(name => {
      const says = `${name} is no variable of kis-stream and is ignored`
      const meant = nearest(name, knownVariables)
      return meant === undefined ? { says } : { says: `${says}; did you mean ${meant}?`, meant }
    })
}

/**
 * Reads the file that `KIS_ENV_FILE` names, or `.env` of the working directory if there is one. Variables
 * that are set already keep their value. Returns what is wrong with a named file.
 */
export function loadEnvironmentFile(): string | undefined {
  const named = process.env[envFile]
  if (!named && !existsSync('.env')) return undefined
  try {
    // Not `process.loadEnvFile`: a byte order mark, which some editors write, becomes part of the first name
    // there.
    const read = parseEnv(readFileSync(named || '.env', 'utf8').replace(/^\uFEFF/, ''))
    for (const [name, value] of Object.entries(read)) process.env[name] ??= value
    return undefined
  } catch (error) {
    return `${envFile} cannot be read: ${(error as Error).message}`
  }
}
