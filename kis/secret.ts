// A value that must not be printed. It reads [redacted] wherever a value is turned into text by accident.
import { inspect } from 'node:util'

/** What is shown in the place of a secret. */
export const redacted = '[redacted]'

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
