// A feed's numbers for Prometheus, in the OpenMetrics format. Nothing is counted here: `status()` is read for
// each page. Each feed has a registry of its own.
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { Counter, Gauge, type Metric, type OpenMetricsContentType, Registry } from 'prom-client'
import {
  type Distribution,
  type MetricDefinition,
  type MetricsFeed,
  metricList,
  type QueueDepth,
  type Reading,
} from './list.ts'

export type MetricsParts = {
  readonly feed: MetricsFeed
  /** Of kis-stream. */
  readonly version: string
  /** How many jobs wait, run or failed. Called for each page; when it rejects, the page has none of them. */
  readonly queues?: () => Promise<readonly QueueDepth[]>
  /**
   * Connections left to all processes of an app key together: of the first one, and of the US market's own.
   * When it fails, or is undefined, what this process knows of is shown.
   */
  readonly sharedConnectsLeft?: () => Promise<readonly (number | undefined)[]>
}

export type Metrics = {
  page(): Promise<{ readonly text: string; readonly contentType: string }>
  stop(): void
}

/** How often the event loop is asked how late it is. Each time costs a few microseconds. */
const loopResolutionMs = 20

/** Nanoseconds between two looks, the wait that was asked for included → seconds of delay. */
function lagOf(nanoseconds: number): number {
  return Math.max(0, nanoseconds / 1e9 - loopResolutionMs / 1e3)
}

const noQueues = () => Promise.resolve([])
const notShared = () => Promise.resolve([])

export function createMetrics(parts: MetricsParts): Metrics {
  const { feed, version, queues = noQueues, sharedConnectsLeft = notShared } = parts
  const registry = new Registry<OpenMetricsContentType>()
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE)
  const loop = monitorEventLoopDelay({ resolution: loopResolutionMs })
  loop.enable()
  let reading: Reading | undefined
  for (const definition of metricList) register(registry, definition, () => reading)

  async function read(): Promise<Reading> {
    const { rss: residentBytes, heapUsed: heapUsedBytes } = process.memoryUsage()
    return {
      version,
      status: feed.status(),
      subscriptions: feed.subscriptions(),
      queues: await queues().catch(() => []),
      sharedConnectsLeft: await sharedConnectsLeft().catch(() => []),
      memory: { residentBytes, heapUsedBytes },
      loopLag: {
        p50: lagOf(loop.percentile(50)),
        p99: lagOf(loop.percentile(99)),
        max: lagOf(loop.max),
      },
    }
  }

  return {
    async page() {
      reading = await read()
      const text = await registry.metrics()
      loop.reset()
      return { text, contentType: registry.contentType }
    },
    stop: () => void loop.disable(),
  }
}

function register(
  registry: Registry<OpenMetricsContentType>,
  definition: MetricDefinition,
  reading: () => Reading | undefined,
): void {
  const { name, help, labels = [], type } = definition
  const configuration = { name, help, labelNames: labels, registers: [registry] }
  if (type === 'histogram') {
    const read = () => {
      const now = reading()
      return now === undefined ? [] : definition.read(now)
    }
    registry.registerMetric(histogram(name, help, read))
    return
  }
  const samples = () => {
    const now = reading()
    return now === undefined ? [] : definition.read(now)
  }
  if (type === 'gauge') {
    new Gauge({
      ...configuration,
      collect() {
        this.reset()
        for (const [value, own = {}] of samples()) this.set(own, value)
      },
    })
  } else {
    new Counter({
      ...configuration,
      collect() {
        this.reset()
        for (const [value, own = {}] of samples()) this.inc(own, value)
      },
    })
  }
}

/**
 * prom-client's own histogram takes one value at a time, a third of a microsecond each. A registry
 * asks a metric for its name and its numbers, so this one answers with those that were counted elsewhere.
 */
function histogram(name: string, help: string, read: () => readonly Distribution[]): Metric {
  const values = () =>
    read().flatMap(({ labels = {}, bounds, counts, sum }) => {
      let soFar = 0
      const buckets = counts.map((count, index) => {
        soFar += count
        return { metricName: `${name}_bucket`, labels: { ...labels, le: bounds[index] ?? '+Inf' }, value: soFar }
      })
      return [
        ...buckets,
        { metricName: `${name}_sum`, labels, value: sum },
        { metricName: `${name}_count`, labels, value: soFar },
      ]
    })
  const answering = {
    name,
    help,
    type: 'histogram',
    get: async () => ({ name, help, type: 'histogram', aggregator: 'sum', values: values() }),
    reset() {},
  }
  return answering as unknown as Metric
}
