// The command's log: pino on standard error, as JSON for programs or in colour for people.
import { type Logger, type LoggerOptions, pino } from 'pino'
import pretty from 'pino-pretty'
import { visible } from '../market/visible-text.ts'
import { standardError, whenErrorsWereDropped } from './output.ts'

export const logLevels = ['silent', 'error', 'warn', 'info', 'debug'] as const

/** Never waits: what standard error does not take is kept up to a bound, and what is dropped beyond it is said in the log. */
export function createLog(level: (typeof logLevels)[number], forPeople: boolean): Logger {
  const output = standardError()
  const show = forPeople
    ? pretty.prettyFactory({
        singleLine: true,
        ignore: 'market,from,to',
        translateTime: 'SYS:HH:MM:ss.l o',
        colorize: process.stderr.isTTY,
      })
    : (line: string) => line
  const log = pino({ level, base: null, hooks: escaping }, { write: line => output.write(show(line)) })
  whenErrorsWereDropped(dropped =>
    log.warn({ dropped }, 'log lines were dropped, because standard error did not take them'),
  )
  return log
}

/**
 * What came from outside is escaped where it comes in. This is for what a package quotes: Redis, the network, a certificate. Facts are
 * written as JSON, which escapes line breaks; the message stands in the line as it is.
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
