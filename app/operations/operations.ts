// For the people who run a feed: its metrics, and its record for support in the data folder.
import type { OpenedFeed } from '../feed/contract.ts'
import type { Logger } from '../observe/log.ts'
import { createMetrics, type MetricsParts } from '../observe/metrics/metrics.ts'
import { type FeedSettings, secretsOf } from '../settings/settings.ts'
import { keepSupportRecord } from './support-record.ts'
import { version } from './version.ts'

export type Operations = {
  /** The page /metrics. */
  readonly metrics: () => Promise<{ readonly text: string; readonly contentType: string }>
  stop(): void
}

export type OperationsParts = OpenedFeed &
  Pick<MetricsParts, 'queues' | 'sharedConnectsLeft'> & {
    readonly settings: FeedSettings
    readonly log: Logger
    /** Undefined keeps no record. */
    readonly dataFolder: string | undefined
  }

export function openOperations({
  feed,
  internals,
  settings,
  log,
  dataFolder,
  ...numbers
}: OperationsParts): Operations {
  const metrics = createMetrics({ feed, version, ...numbers })
  const secrets = secretsOf(settings)
  const record =
    dataFolder === undefined
      ? undefined
      : keepSupportRecord({ feed, internals, folder: dataFolder, version, log, secrets })
  const crashed = (error: unknown) => record?.crashed(error)
  // It only looks: the process falls as it would have.
  process.on('uncaughtExceptionMonitor', crashed)

  return {
    metrics: () => metrics.page(),
    stop() {
      process.off('uncaughtExceptionMonitor', crashed)
      metrics.stop()
      record?.stop()
    },
  }
}
