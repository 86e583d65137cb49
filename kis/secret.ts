// A value that must not be printed. It reads [redacted] wherever a value is turned into text by accident.
import { inspect } from 'node:util'

const redacted = '[redacted]'

export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  /** The value itself, for the one place that sends it. */
  reveal(): string {
    return this.#value
  }

  toString(): string {
    return redacted
  }

  toJSON(): string {
    return redacted
  }

  [inspect.custom](): string {
    return redacted
  }
}

/** Shorter than any secret KIS hands out: hiding such a word would only blot out ordinary text. */
const shortestSecret = 6

/** Takes every occurrence of the secrets out of a text that is about to be shown. */
export function redact(text: string, secrets: readonly Secret[]): string {
  let shown = text
  for (const secret of secrets)
    if (secret.reveal().length >= shortestSecret) shown = shown.replaceAll(secret.reveal(), redacted)
  return shown
}
