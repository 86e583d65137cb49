// What stands beside a feed for those who watch over it: metrics and health behind the dashboard's server,
// and the record for support in the data folder.
import type { Feed } from '../app/feed/contract.ts'
import type { Logger } from '../app/observe/log.ts'
import { createMetrics, type MetricsParts } from '../app/observe/metrics.ts'
import { type FeedSettings, secretsOf } from '../app/settings/settings.ts'
import { keepSupportRecord } from '../app/operations/support-record.ts'
import { version } from '../app/operations/version.ts'

export type Observation = {
  /** The page /metrics. */
  readonly metrics: () => Promise<{ readonly text: string; readonly contentType: string }>
  stop(): void
}

export type ObservationParts = Pick<MetricsParts, 'queues' | 'sharedConnectsLeft'> & {
  readonly settings: FeedSettings
  readonly log: Logger
  /** Undefined keeps no record. */
  readonly dataFolder: string | undefined
}

export function observe(feed: Feed, { settings, log, dataFolder, ...numbers }: ObservationParts): Observation {
  const repairs = () => {
    const { repairs, repairedVolume: volume } = feed.tally()
    return { repairs, volume }
  }
  const metrics = createMetrics({ feed, version, repairs, ...numbers })
  const secrets = secretsOf(settings)
  const recorder =
    dataFolder === undefined ? undefined : keepSupportRecord({ feed, folder: dataFolder, version, log, secrets })
  const crashed = (error: unknown) => recorder?.crashed(error)
  // It only looks: the process falls as it would have.
  process.on('uncaughtExceptionMonitor', crashed)

  return {
    metrics: () => metrics.page(),
    stop() {
      process.off('uncaughtExceptionMonitor', crashed)
      metrics.stop()
      recorder?.stop()
    },
  }
}
