// How the command says that it was called wrongly: everything at once, and exit code 2.
import { SettingsError } from '../app/settings.ts'

export const misuse = 2

/** Tells the user what is wrong and how to see what is right. */
export function reportMistakes(error: SettingsError, command: string): void {
  process.stderr.write(
    `kis-stream ${command}: ${error.message}\nSee 'kis-stream ${command} --help' and the configuration table in README.md.\n`,
  )
  process.exitCode = misuse
}

/** Words that no flag took: unknown flags and stray arguments, each as a mistake. */
export function strayWords(words: readonly string[]): string[] {
  return words.map(word => (word.startsWith('-') ? `unknown flag '${word}'` : `unexpected argument '${word}'`))
}
