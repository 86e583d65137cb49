// The command's log: pino on standard error, in colour on a terminal and as JSON anywhere else.
import { format } from 'node:util'
import { type Logger, type LoggerOptions, pino } from 'pino'
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

const levels: Readonly<Record<number, { readonly name: string; readonly color: number }>> = {
  20: { name: 'DEBUG', color: 34 },
  30: { name: 'INFO', color: 32 },
  40: { name: 'WARN', color: 33 },
  50: { name: 'ERROR', color: 31 },
  60: { name: 'FATAL', color: 31 },
}
/** Each message says them. */
const left = new Set(['level', 'time', 'msg', 'market', 'to', 'from'])

/** `[09:00:01.250 +0900] INFO: message {"fact":1}`, made of a line of JSON. */
export function lineForPeople(colorize = true): (line: string) => string {
  const colored = (text: string, color: number) => (colorize ? `\u001b[${color}m${text}\u001b[39m` : text)
  return line => {
    const entry = JSON.parse(line) as { level: number; time: number; msg?: string }
    const { name, color } = levels[entry.level] ?? { name: 'LOG', color: 34 }
    const facts = Object.entries(entry).filter(([fact]) => !left.has(fact))
    const shown = facts.length === 0 ? '' : ` ${JSON.stringify(Object.fromEntries(facts))}`
    return `[${localTime(entry.time)}] ${colored(name, color)}: ${colored(entry.msg ?? '', 36)}${shown}\n`
  }
}

/** By the clock of this machine, with its distance from UTC. */
function localTime(time: number): string {
  const date = new Date(time)
  const digits = (value: number, count = 2) => String(value).padStart(count, '0')
  const minutes = -date.getTimezoneOffset()
  const offset = `${minutes < 0 ? '-' : '+'}${digits(Math.floor(Math.abs(minutes) / 60))}${digits(Math.abs(minutes) % 60)}`
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map(value => digits(value)).join(':')
  return `${clock}.${digits(date.getMilliseconds(), 3)} ${offset}`
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
