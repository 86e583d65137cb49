// The command's log: pino on standard error, in colour on a terminal and as JSON anywhere else.
import { format } from 'node:util'
import { type Logger, type LoggerOptions, pino } from 'pino'
import pretty from 'pino-pretty'
import type { logLevels } from '../../app/settings/setting-list.ts'
import { visible } from '../../market/basics/visible-text.ts'
import { standardError, whenErrorsWereDropped } from './output.ts'
import { isForPeople } from './say.ts'

/**
 * Never waits: what standard error does not take is kept up to a bound, and what is dropped beyond it is said
 * in the log.
 */
export function createLog(level: (typeof logLevels)[number]): Logger {
  const output = standardError()
  const show = isForPeople() ? lineForPeople() : (line: string) => line
  const log = pino({ level, base: null, hooks: escaping }, { write: line => output.write(show(line)) })
  whenErrorsWereDropped(dropped =>
    log.warn({ dropped }, 'log lines were dropped, because standard error did not take them'),
  )
  takeConsole(log)
  return log
}

/** Made of a line of JSON. */
export function lineForPeople(colorize = true): (line: string) => string {
  return pretty.prettyFactory({
    singleLine: true,
    ignore: 'market,from,to',
    translateTime: 'SYS:HH:MM:ss.l o',
    colorize,
  })
}

/**
 * Packages write to the console (BullMQ about a Redis that evicts), and Node has warnings: they become lines
 * of the log.
 */
function takeConsole(log: Logger): void {
  const write =
    (level: 'info' | 'warn' | 'error') =>
    (...said: unknown[]) =>
      log[level]({}, format(...said))
  Object.assign(globalThis.console, {
    log: write('info'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
  })
  process.removeAllListeners('warning').on('warning', ({ name, message }) => log.warn({}, `${name}: ${message}`))
}

/**
 * What came from outside is escaped where it comes in. This is for what a package quotes: Redis, the network,
 * a certificate. Facts are written as JSON, which escapes line breaks; the message stands in the line as it
 * is.
 */
export const escaping: NonNullable<LoggerOptions['hooks']> = {
  logMethod(given, method) {
    const [facts, message, ...more] = given as [unknown, unknown, ...unknown[]]
    const text = typeof message === 'string' ? visible(message) : message
    method.apply(this, [visibleFacts(facts), text, ...more] as Parameters<typeof method>)
  },
}

function visibleFacts(value: unknown): unknown {
  if (typeof value === 'string') return visibleStack(value)
  if (value instanceof Error) return visibleStack(value.stack ?? value.message)
  if (Array.isArray(value)) return value.map(visibleFacts)
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, visibleFacts(one)]))
}

/** The places of a stack stay lines of their own; what an error says may not begin one. */
function visibleStack(text: string): string {
  return text
    .split(/\n(?= {4}at )/)
    .map(visible)
    .join('\n')
}
