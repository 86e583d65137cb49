// `kis-stream worker`: the workers alone. Any number of them, on any machine that reaches the same Redis.
import { z } from 'zod'
import { openJobs } from '../app/jobs/jobs.ts'
import { type FeedSettings, readSettings, SettingsError } from '../app/settings/settings.ts'
import { feedSettings, loadEnvironmentFile, readEnvironment } from './input/environment.ts'
import { folderOf, jobsSettings } from './input/jobs-flags.ts'
import { createLog, logLevels } from './terminal/log.ts'
import { reportMistakes, reportUnknownVariables, strayWords } from './input/usage-errors.ts'
import { say } from './terminal/say.ts'
import { stopSignal } from './terminal/stop-signal.ts'

const workerSettings = jobsSettings.omit({ jobs: true }).extend({
  logLevel: z
    .enum(logLevels, { error: issue => `'${String(issue.input)}'; expected ${logLevels.join(', ')}` })
    .default('info'),
})

export async function worker(flags: Readonly<Record<string, unknown>>, words: readonly string[]): Promise<void> {
  const fileProblem = loadEnvironmentFile()
  reportUnknownVariables(process.env, 'worker')
  const { told, nameOf } = readEnvironment(flags, process.env)
  const mistakes = strayWords(words)
  if (fileProblem !== undefined) mistakes.push(fileProblem)
  const work = workerSettings.safeParse(told)
  for (const issue of work.error?.issues ?? []) mistakes.push(`${nameOf(String(issue.path[0]))} ${issue.message}`)
  let settings: FeedSettings
  try {
    settings = readSettings(feedSettings(told), nameOf)
    if (mistakes.length > 0 || !work.success) throw new SettingsError([])
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    return reportMistakes(new SettingsError([...mistakes, ...error.problems]), 'worker')
  }

  const { redisUrl, dataFolder, logLevel } = work.data
  const log = createLog(logLevel)
  try {
    const jobs = await openJobs(settings, { redisUrl, dataFolder: folderOf(dataFolder), log })
    if (jobs.redisKind === 'embedded') {
      await jobs.close()
      throw new Error(
        `a worker needs a Redis that others reach too: set REDIS_URL, or install redis-server and use the feed’s data folder. ${jobs.says}`,
      )
    }
    log.info({}, jobs.says)
    await jobs.startWorkers()
    log.info({ prefix: jobs.prefix }, `BullMQ prefix of this app key: ${jobs.prefix}`)
    log.info({}, 'Waiting for jobs. Ctrl-C lets those that run finish and ends.')
    await stopSignal('Stopping: letting jobs that run finish. Once more to leave at once.')
    await jobs.close()
    process.exit()
  } catch (error) {
    say(`kis-stream worker: ${error instanceof Error ? error.message : String(error)}`, 'error')
    process.exitCode = 1
  }
}
