// `kis-stream job …`: puts one job in by hand, shows how it goes, prints what came of it. Works on its queue itself, so no worker needs
// to run; one that runs elsewhere may be faster, and that is as well.
import { z } from 'zod'
import { type Jobs, openJobs } from '../app/jobs.ts'
import { readSettings, SettingsError } from '../app/settings.ts'
import { parseInstrument } from '../market/instrument.ts'
import { dateDigits, isoKst, koreanDate } from '../market/korea-time.ts'
import { systemClock } from '../market/clock.ts'
import { askWhether } from '../workers/key-validation.ts'
import type { Payloads, QueueName } from '../workers/queues.ts'
import { loadEnvironmentFile, readEnvironment } from './environment.ts'
import { folderOf, jobsSettings } from './jobs-flags.ts'
import { createLog, logLevels } from './log.ts'
import { reportMistakes, strayWords } from './mistakes.ts'

/** A job by hand is a job of its own, whatever was done under a similar name before. */
type Order = {
  [Q in QueueName]: { readonly queue: Q; readonly name: string; readonly payload: Payloads[Q] }
}[QueueName]

type Told = { readonly order?: Order; readonly mistakes: readonly string[] }

const kinds = ['token-refresh', 'key-validation', 'gap-validation', 'certificate', 'list'] as const

const levels = z.object({ logLevel: z.enum(logLevels, { error: `expected ${logLevels.join(', ')}` }).default('warn') })

export async function job(flags: Readonly<Record<string, unknown>>, words: readonly string[]): Promise<void> {
  const now = systemClock.now()
  const fileProblem = loadEnvironmentFile()
  const { told, nameOf } = readEnvironment(flags, process.env)
  const [kind = '', ...rest] = words
  const { order, mistakes } = read(kind, rest, flags, now)
  const problems = [...mistakes, ...(fileProblem === undefined ? [] : [fileProblem])]
  const work = jobsSettings.extend(levels.shape).safeParse(told)
  for (const issue of work.error?.issues ?? []) problems.push(`${nameOf(String(issue.path[0]))} ${issue.message}`)

  // Whether keys may be checked is a question to the calendar: it needs neither keys nor Redis.
  const isQuestion =
    order?.queue === 'key-validation' && (order.payload.dryRun === true || order.payload.at !== undefined)
  const needed = isQuestion ? { appKey: 'none', appSecret: 'none', ...told } : told
  try {
    const settings = readSettings(needed, nameOf)
    if (problems.length > 0 || !work.success) throw new SettingsError([])
    if (isQuestion) return print(askWhether(order.payload.at ?? now, { watched: settings.instruments }))
    const log = createLog(work.data.logLevel, process.stderr.isTTY)
    const queues = order === undefined ? [] : [order.queue]
    const { redisUrl, dataFolder } = work.data
    const jobs = await openJobs(settings, { redisUrl, dataFolder: folderOf(dataFolder), log, queues })
    if (jobs.redisKind !== 'named') say(jobs.says)
    process.exitCode = order === undefined ? await list(jobs) : await carryOut(jobs, order)
    await jobs.close()
  } catch (error) {
    if (!(error instanceof SettingsError)) return fail(error)
    return reportMistakes(new SettingsError([...problems, ...error.problems]), 'job')
  }
}

async function carryOut(jobs: Jobs, { queue, name, payload }: Order): Promise<number> {
  const finished = new Promise<void>((resolve, reject) => {
    void jobs.queues.onFinished(queue, ended => ended === name && resolve()).catch(reject)
  })
  await jobs.queues.onProgress(queue, (id, { done, of, what }) => {
    if (id === name) say(`${what}: ${done} of ${of}`)
  })
  await jobs.startWorkers()
  await jobs.enqueue(queue, name, payload)
  say(`${name}: in the queue`)
  await finished
  const outcome = await jobs.queues.outcomeOf(queue, name)
  if (outcome.state === 'completed') {
    print(outcome.result)
    return 0
  }
  say(`${name} failed: ${'reason' in outcome ? outcome.reason : outcome.state}`)
  return 1
}

async function list(jobs: Jobs): Promise<number> {
  const found = await jobs.queues.list()
  for (const { addedAt, ...one } of found) print({ ...one, addedAt: isoKst(addedAt) })
  say(`${found.length} jobs`)
  return 0
}

/** What is to be done, or everything that is wrong with how it was said. */
function read(kind: string, words: readonly string[], flags: Readonly<Record<string, unknown>>, now: number): Told {
  const at = flags['at'] === undefined ? undefined : Date.parse(textOf(flags['at']))
  const mistakes: string[] = []
  if (Number.isNaN(at)) mistakes.push(`--at '${textOf(flags['at'])}'; expected a time as 2026-11-20T20:30:00+09:00`)
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
      const payload = { ...(flags['dryRun'] === true ? { dryRun: true } : {}), ...(at === undefined ? {} : { at }) }
      const order = { queue: kind, name: `key-validation-${stamp}`, payload } as const
      return { order, mistakes: [...mistakes, ...strayWords(words)] }
    }
    case 'gap-validation':
      return readGap(words, flags['date'], now, stamp, mistakes)
    case 'certificate': {
      const [text = '', ...more] = words
      const date = readDate(text)
      if (date === undefined) mistakes.push(`'${text}' is no date; expected one as 2026-11-20`)
      const order = { queue: kind, name: `certificate-${date}-${stamp}`, payload: { date: date ?? 0 } } as const
      return { order, mistakes: [...mistakes, ...strayWords(more)] }
    }
    default:
      return { mistakes: [...mistakes, `'${kind}' is no job; expected ${kinds.join(', ')}`] }
  }
}

function readGap(words: readonly string[], date: unknown, now: number, stamp: string, mistakes: string[]): Told {
  const [name = '', start = '', end = '', ...more] = words
  const parsed = parseInstrument(name)
  if ('problem' in parsed) mistakes.push(parsed.problem)
  const businessDate = date === undefined ? dateDigits(now) : readDate(textOf(date))
  if (businessDate === undefined) mistakes.push(`--date '${textOf(date)}'; expected one as 2026-11-20`)
  const midnight = koreanDate(businessDate ?? 0)
  const [from, to] = [start, end].map(text => timeOn(midnight, text))
  for (const [text, time] of [
    [start, from],
    [end, to],
  ] as const) {
    if (time === undefined) mistakes.push(`'${text}' is no time; expected one of Korea's clock as 09:00 or 09:00:30`)
  }
  if (from !== undefined && to !== undefined && from >= to) mistakes.push(`${start} is not before ${end}`)
  mistakes.push(...strayWords(more))
  if ('problem' in parsed || businessDate === undefined || from === undefined || to === undefined) return { mistakes }
  const { instrument } = parsed
  // How much was traded between the two times, and how much of that is known, is for the job to find out.
  const volumes = { fromVolume: 0, toVolume: 0, missingVolume: 0 }
  const payload = { instrument, businessDate, ...volumes, from, to, cause: 'by-hand' } as const
  const id = `gap-${instrument}-${businessDate}-${start}-${end}-${stamp}`.replaceAll(':', '-')
  return { order: { queue: 'gap-validation', name: id, payload }, mistakes }
}

/** `2026-11-20` or `20261120` → 20261120. */
function readDate(text: string): number | undefined {
  const digits = text.replaceAll('-', '')
  return /^\d{8}$/.test(digits) && !Number.isNaN(koreanDate(Number(digits))) ? Number(digits) : undefined
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

function print(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`)
}

function say(text: string): void {
  process.stderr.write(`${text}\n`)
}

function fail(error: unknown): void {
  say(`kis-stream job: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
}
