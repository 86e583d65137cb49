// `kis-stream worker`: the workers alone. Any number of them, on any machine that reaches the same Redis.
import { openJobs } from '../app/jobs/jobs.ts'
import { commandSchema, keptFolder } from '../app/settings/setting-list.ts'
import { type FeedSettings, readSettings, SettingsError } from '../app/settings/settings.ts'
import { feedSettings } from './input/environment.ts'
import { createLog } from './terminal/log.ts'
import { readInput, reportMistakes, strayWords } from './input/usage-errors.ts'
import { say } from './terminal/say.ts'
import { stopSignal } from './terminal/stop-signal.ts'

const workerSettings = commandSchema.pick({ redisUrl: true, dataFolder: true, logLevel: true })

export async function worker(flags: Readonly<Record<string, unknown>>, words: readonly string[]): Promise<void> {
  const { input, nameOf, mistakes: inputMistakes } = readInput('worker', flags)
  const mistakes = [...strayWords(words), ...inputMistakes]
  const work = workerSettings.safeParse(input)
  for (const issue of work.error?.issues ?? []) mistakes.push(`${nameOf(String(issue.path[0]))} ${issue.message}`)
  let settings: FeedSettings
  try {
    settings = readSettings(feedSettings(input), nameOf)
    if (mistakes.length > 0 || !work.success) throw new SettingsError([])
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    return reportMistakes(new SettingsError([...mistakes, ...error.problems]), 'worker')
  }

  const { redisUrl, dataFolder, logLevel } = work.data
  const log = createLog(logLevel)
  try {
    const jobs = await openJobs(settings, { redisUrl, dataFolder: keptFolder(dataFolder), log })
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
