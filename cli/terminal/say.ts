// The sentences of a command that keeps a log. On a terminal they stand as they are; anywhere else each is a
// line of the log, with its level and time, so that standard error has one kind of line.
import { isatty } from 'node:tty'
import { systemClock } from '../../market/clock.ts'
import { visible } from '../../market/basics/visible-text.ts'
import { standardError } from './output.ts'

/** As pino numbers them. */
const levels = { info: 30, warn: 40, error: 50 } as const

/** Whether a person reads standard error. */
export function isForPeople(): boolean {
  return isatty(2)
}

/** Written whatever the log level is: there are few, and each is for the one who started the command. */
export function say(sentence: string, level: keyof typeof levels = 'info'): void {
  const msg = visible(sentence)
  const line = isForPeople() ? msg : JSON.stringify({ level: levels[level], time: systemClock.now(), msg })
  standardError().write(`${line}\n`)
}

/** Commands that keep a log. The others print, and end; what they say stays a sentence. */
const withLog = ['run', 'record', 'replay', 'worker', 'job', 'simulate']

export function sayFor(command: string): (sentence: string) => void {
  return withLog.includes(command)
    ? sentence => say(sentence, 'error')
    : sentence => standardError().write(`${visible(sentence)}\n`)
}
