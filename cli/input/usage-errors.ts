// Reads the command's input, and reports wrong usage: everything at once, and exit code 2.
import { SettingsError } from '../../app/settings/settings.ts'
import { didYouMean } from '../../market/basics/did-you-mean.ts'
import { type Input, loadEnvironmentFile, readEnvironment, unknownVariables } from './environment.ts'
import { say } from '../terminal/say.ts'

export const misuse = 2

/** Shows what is wrong and how to see what is right. */
export function reportMistakes(error: SettingsError, command: string): void {
  const advice = adviceOn(error.problems)
  process.stderr.write(
    `kis-stream ${command}: ${error.message}\n${advice}See 'kis-stream ${command} --help' and docs/configuration.md.\n`,
  )
  process.exitCode = misuse
}

/** The settings for missing keys: the first message that a new user sees. */
function adviceOn(problems: readonly string[]): string {
  const missing = problems.flatMap(problem => /^(KIS_APP_(?:KEY|SECRET)(?:_US)?) is missing$/.exec(problem)?.[1] ?? [])
  if (missing.length === 0) return ''
  return (
    `Set ${missing.join(' and ')} in the environment or in .env; KIS Developers (apiportal.koreainvestment.com) has them. ` +
    "Without keys: 'kis-stream simulate' prints what to set for a market of its own.\n"
  )
}

/** The flags of the running subcommand. A process runs one. */
let knownFlags: readonly string[] = []

export function rememberFlags(flags: readonly string[]): void {
  knownFlags = flags
}

/** Flags that were renamed: the new one, if the subcommand has it. */
const renamedFlags: Readonly<Record<string, readonly string[]>> = {
  '--output': ['--format', '--file'],
  '--to': ['--format'],
}

/** Words that no flag took: unknown flags and stray arguments, each as a mistake. */
export function strayWords(words: readonly string[]): string[] {
  const nameOf = (word: string) => word.split('=')[0] as string
  const nowOf = (word: string) => renamedFlags[nameOf(word)]?.find(name => knownFlags.includes(name))
  const isValueOf = (flag: string | undefined) => flag !== undefined && !flag.includes('=') && nowOf(flag) !== undefined
  return words.flatMap((word, index) => {
    if (!word.startsWith('-')) return isValueOf(words[index - 1]) ? [] : [`unexpected argument '${word}'`]
    const now = nowOf(word)
    const advice = now === undefined ? didYouMean(nameOf(word), knownFlags) : `; it is called ${now} now`
    return [`unknown flag '${nameOf(word)}'${advice}`]
  })
}

/**
 * Flags, environment and `.env` of a command. Probable misspellings are reported at once, because they may be
 * why there is no log.
 */
export function readInput(command: string, flags: Readonly<Record<string, unknown>>): Input {
  const fileProblem = loadEnvironmentFile()
  for (const { says } of unknownVariables(process.env)) say(`kis-stream ${command}: ${says}`, 'warn')
  const read = readEnvironment(flags, process.env)
  return fileProblem === undefined ? read : { ...read, mistakes: [fileProblem, ...read.mistakes] }
}
