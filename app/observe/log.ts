// The log: one JSON object for each thing worth knowing, on standard error.

/** What a feed needs of a logger; pino fits. */
export interface Logger {
  debug(facts: object, message: string): void
  info(facts: object, message: string): void
  warn(facts: object, message: string): void
  error(facts: object, message: string): void
}

const ignore = () => {}

/** A library is quiet until it is given a logger. */
export const silentLogger: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore }
