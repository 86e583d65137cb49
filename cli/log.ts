// The command's log: pino on standard error, as JSON for programs or in colour for people.
import { type Logger, pino } from 'pino'
import pretty from 'pino-pretty'

export const logLevels = ['silent', 'error', 'warn', 'info', 'debug'] as const

export function createLog(level: (typeof logLevels)[number], forPeople: boolean): Logger {
  const destination = forPeople
    ? pretty({
        destination: 2,
        sync: true,
        singleLine: true,
        ignore: 'market,from,to',
        translateTime: 'SYS:HH:MM:ss.l o',
        colorize: process.stderr.isTTY,
      })
    : pino.destination({ dest: 2, sync: true })
  return pino({ level, base: null }, destination)
}
