// `kis-stream job …`: puts one job in by hand, shows how it goes, prints what came of it. Works on its queue
// itself, so no worker needs to run; one that runs elsewhere may be faster, and that is as well.
import { type OpenedJobs, openJobs } from '../app/jobs/jobs.ts'
import { commandSchema, keptFolder } from '../app/settings/setting-list.ts'
import { readSettings, SettingsError } from '../app/settings/settings.ts'
import { instrumentsOf } from '../app/feed/subscriptions.ts'
import { createCalendar } from '../market/calendar/calendar.ts'
import { isoKst } from '../market/calendar/korea-time.ts'
import { systemClock } from '../market/clock.ts'
import { endOf } from '../workers/job-end.ts'
import { askWhether } from '../workers/jobs/key-validation.ts'
import { feedSettings } from './input/environment.ts'
import { type Order, parseJob } from './input/parse-job.ts'
import { createLog } from './terminal/log.ts'
import { readInput, reportMistakes } from './input/usage-errors.ts'
import { say } from './terminal/say.ts'

const jobSettings = commandSchema.pick({ jobs: true, redisUrl: true, dataFolder: true, logLevel: true })

export async function job(flags: Readonly<Record<string, unknown>>, words: readonly string[]): Promise<void> {
  const now = systemClock.now()
  const { input, nameOf, mistakes: inputMistakes } = readInput('job', flags)
  const [kind = '', ...rest] = words
  const { order, mistakes } = parseJob(kind, rest, flags, now)
  const problems = [...mistakes, ...inputMistakes]
  const work = jobSettings.safeParse(input)
  for (const issue of work.error?.issues ?? []) problems.push(`${nameOf(String(issue.path[0]))} ${issue.message}`)

  if (kind === 'certificate' && work.data?.dataFolder === 'off')
    problems.push(`${nameOf('dataFolder')} is off, and certificates are made from what lies in a data folder`)
  // Whether keys may be checked is a question to the calendar: it needs neither keys nor Redis.
  const isQuestion =
    order?.queue === 'key-validation' && (order.payload.dryRun === true || order.payload.at !== undefined)
  const needed = isQuestion ? { appKey: 'none', appSecret: 'none', ...input } : input
  try {
    const settings = readSettings(feedSettings(needed), nameOf)
    if (problems.length > 0 || !work.success) throw new SettingsError([])
    if (isQuestion) {
      const calendar = createCalendar(settings.calendarChanges)
      return print(askWhether(order.payload.at ?? now, { calendar, watched: instrumentsOf(settings) }))
    }
    const log = createLog(work.data.logLevel)
    const queues = order === undefined ? [] : [order.queue]
    const { redisUrl, dataFolder } = work.data
    const jobs = await openJobs(settings, { redisUrl, dataFolder: keptFolder(dataFolder), log, queues })
    if (jobs.redisKind !== 'named') say(jobs.says)
    process.exitCode = order === undefined ? await list(jobs) : await carryOut(jobs, order)
    await jobs.close()
    // The process does not wait for a connection that Redis keeps open.
    process.stdout.write('', () => process.exit())
  } catch (error) {
    if (!(error instanceof SettingsError)) return fail(error)
    return reportMistakes(new SettingsError([...problems, ...error.problems]), 'job')
  }
}

async function carryOut(jobs: OpenedJobs, { queue, name, payload }: Order): Promise<number> {
  await jobs.queues.onProgress(queue, (id, { done, of, what }) => {
    if (id === name) say(`${what}: ${done} of ${of}`)
  })
  await jobs.startWorkers()
  await jobs.enqueue(queue, name, payload)
  say(`${name}: in the queue`)
  const outcome = await endOf(jobs.queues, queue, name)
  if (outcome.state === 'completed') {
    // The result of a long gap is a long line; what was asked and said is for people.
    if ('evidence' in outcome.result) for (const sentence of outcome.result.evidence) say(sentence)
    print(outcome.result)
    return 0
  }
  say(`${name} failed: ${'reason' in outcome ? outcome.reason : outcome.state}`, 'error')
  return 1
}

async function list(jobs: OpenedJobs): Promise<number> {
  const found = await jobs.queues.list()
  for (const { addedAt, ...one } of found) print({ ...one, addedAt: addedAt === null ? null : isoKst(addedAt) })
  say(`${found.length} jobs; BullMQ prefix of this app key: ${jobs.prefix}`)
  return 0
}

function print(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`)
}

function fail(error: unknown): void {
  say(`kis-stream job: ${error instanceof Error ? error.message : String(error)}`, 'error')
  process.exitCode = 1
}
