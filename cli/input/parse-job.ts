// Words and flags of `kis-stream job` → the job, or everything that is wrong with them.
import { parseInstrument, type Venue, venues } from '../../market/instrument.ts'
import { dateDigits, koreanDate } from '../../market/calendar/korea-time.ts'
import { dateIn } from '../../market/calendar/zone.ts'
import { symbolProblem } from '../../market/symbol-shapes.ts'
import type { Payloads, QueueName } from '../../workers/queues.ts'
import { strayWords } from './usage-errors.ts'
import { readDate, readInstant } from './parse-time.ts'

/** The name has a time stamp: a job by hand is always a new one. */
export type Order = {
  [Q in QueueName]: { readonly queue: Q; readonly name: string; readonly payload: Payloads[Q] }
}[QueueName]

export type ParsedJob = { readonly order?: Order; readonly mistakes: readonly string[] }

const kinds = ['token-refresh', 'key-validation', 'gap-validation', 'certificate', 'list'] as const

/** The job, or all mistakes. */
export function parseJob(
  kind: string,
  words: readonly string[],
  flags: Readonly<Record<string, unknown>>,
  now: number,
): ParsedJob {
  const at = flags['at'] === undefined ? undefined : readInstant(textOf(flags['at']))
  const mistakes: string[] = []
  if (at !== undefined && 'problem' in at) mistakes.push(`--at ${at.problem}`)
  for (const flag of ['at', 'dryRun', 'date'] as const) {
    const fits = flag === 'date' ? kind === 'gap-validation' : kind === 'key-validation'
    if (flags[flag] !== undefined && !fits) mistakes.push(`${dashed(flag)} does not belong to '${kind}'`)
  }
  const stamp = now.toString(36)
  switch (kind) {
    case 'list':
      return { mistakes: [...mistakes, ...strayWords(words)] }
    case 'token-refresh':
      return {
        order: { queue: kind, name: `token-refresh-${stamp}`, payload: { reason: 'by-hand' } },
        mistakes: [...mistakes, ...strayWords(words)],
      }
    case 'key-validation': {
      const payload = {
        ...(flags['dryRun'] === true ? { dryRun: true } : {}),
        ...(at !== undefined && 'value' in at ? { at: at.value } : {}),
      }
      const order = { queue: kind, name: `key-validation-${stamp}`, payload } as const
      return { order, mistakes: [...mistakes, ...strayWords(words)] }
    }
    case 'gap-validation':
      return readGap(words, flags['date'], now, stamp, mistakes)
    case 'certificate': {
      const [text = '', ...more] = words
      const date = readDate(text)
      if ('problem' in date) return { mistakes: [...mistakes, date.problem, ...strayWords(more)] }
      const order = { queue: kind, name: `certificate-${date.value}-${stamp}`, payload: { date: date.value } } as const
      return { order, mistakes: [...mistakes, ...strayWords(more)] }
    }
    default:
      return { mistakes: [...mistakes, `'${kind}' is no job; expected ${kinds.join(', ')}`] }
  }
}

function readGap(words: readonly string[], date: unknown, now: number, stamp: string, mistakes: string[]): ParsedJob {
  const [name = '', start = '', end = '', ...more] = words
  const parsed = parseInstrument(name)
  const problem = 'problem' in parsed ? parsed.problem : symbolProblem(parsed.value)
  if (problem !== undefined) mistakes.push(problem)
  const koreanDay = date === undefined ? { value: dateDigits(now) } : readDate(textOf(date))
  if ('problem' in koreanDay) mistakes.push(`--date ${koreanDay.problem}`)
  const midnight = koreanDate('problem' in koreanDay ? dateDigits(now) : koreanDay.value)
  const [from, to] = [start, end].map(text => timeOn(midnight, text))
  for (const [text, time] of [
    [start, from],
    [end, to],
  ] as const) {
    if (time === undefined) mistakes.push(`'${text}' is no time; expected one of Korea's clock as 09:00 or 09:00:30`)
  }
  if (from !== undefined && to !== undefined && from >= to) mistakes.push(`${start} is not before ${end}`)
  mistakes.push(...strayWords(more))
  if ('problem' in parsed || 'problem' in koreanDay || from === undefined || to === undefined) return { mistakes }
  const instrument = parsed.value
  // New York's day is Korea's until midnight, and the one before it afterwards.
  const { zone } = venues[instrument.slice(0, instrument.indexOf(':')) as Venue] // parsed above
  const businessDate = dateIn(zone, from)
  // The job itself finds the volume between the two times, and the known part of it.
  const volumes = { fromVolume: 0, toVolume: 0, missingVolume: 0 }
  const payload = { instrument, businessDate, ...volumes, from, to, cause: 'by-hand' } as const
  const id = `gap-${instrument}-${koreanDay.value}-${start}-${end}-${stamp}`.replaceAll(':', '-')
  return { order: { queue: 'gap-validation', name: id, payload }, mistakes }
}

function timeOn(midnight: number, text: string): number | undefined {
  const [, hours, minutes, seconds = '0'] = /^(\d{1,2}):([0-5]\d)(?::([0-5]\d))?$/.exec(text) ?? []
  if (hours === undefined || Number(hours) > 24) return undefined
  return midnight + (Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds)) * 1_000
}

/** A flag without its value is `true`. */
function textOf(flag: unknown): string {
  return typeof flag === 'string' ? flag : ''
}

function dashed(flag: string): string {
  return `--${flag.replaceAll(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`
}
