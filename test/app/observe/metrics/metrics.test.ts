import { readFileSync } from 'node:fs'
import { of, Subscription } from 'rxjs'
import { describe, expect, it, onTestFinished } from 'vitest'
import { metricList } from '../../../../app/observe/metrics/list.ts'
import { metricPage } from '../../../../app/observe/metrics/page.ts'
import { createMetrics, type MetricsParts } from '../../../../app/observe/metrics/metrics.ts'
import type { GapQuestion } from '../../../../market/gap-finding.ts'
import type { Sink } from '../../../../sinks/sink.ts'
import { generatedTape } from '../../../../simulator/tape/generated-tape.ts'
import { eventually, type FeedRig, feedRig, shortTiming } from '../../../support/rigs/feed.ts'
import { type MetricFamily, readOpenMetrics } from '../../../support/open-metrics.ts'

function metricsOf(rig: FeedRig, parts: Partial<MetricsParts> = {}) {
  const metrics = createMetrics({ feed: rig.feed, version: '1.2.3', ...parts })
  onTestFinished(() => metrics.stop())
  return {
    metrics,
    async families(): Promise<Map<string, MetricFamily>> {
      return readOpenMetrics((await metrics.page()).text)
    },
  }
}

/** The one number of a family with these labels. */
function valueOf(families: Map<string, MetricFamily>, name: string, labels: Record<string, string> = {}): number {
  const family = name.replace(/_(total|bucket|sum|count)$/, '')
  const samples = (families.get(name) ?? families.get(family))?.samples ?? []
  const fitting = samples.filter(
    sample =>
      (sample.name === name || families.has(name)) &&
      Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
  )
  expect(fitting.map(({ labels: own }) => own)).toHaveLength(1)
  return fitting[0]?.value as number
}

describe('the metrics of a feed', () => {
  it('are OpenMetrics: each one once, with its meaning, and nothing a scraper would refuse', async () => {
    const rig = await feedRig()
    await rig.feed.confirmed('KRX:005930')
    const { metrics, families } = metricsOf(rig)
    const page = await families()
    expect((await metrics.page()).contentType).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8')
    expect([...page.keys()]).toEqual(metricList.map(({ name }) => name.replace(/_total$/, '')))
    for (const [name, { help, type }] of page) {
      expect(help.length).toBeGreaterThan(10)
      expect(['gauge', 'counter', 'histogram']).toContain(type)
      expect(name).toMatch(/^(kis_stream|process|nodejs)_[a-z0-9_]+$/)
    }
    // Asked twice, it says the same again: nothing is added up.
    expect([...(await families()).keys()]).toEqual([...page.keys()])
  })

  it('say where each socket is, and what is subscribed', async () => {
    const rig = await feedRig({
      instruments: ['KRX:005930', 'KRX:000660'],
      simulator: { tape: generatedTape({ rate: 500 }) },
    })
    await rig.feed.confirmed('KRX:005930')
    await rig.feed.confirmed('KRX:000660')
    const { families } = metricsOf(rig)
    await eventually(() => rig.feed.status().sockets.KR.phase === 'subscribed.settled')
    const page = await families()
    expect(valueOf(page, 'kis_stream_socket_state', { market: 'KR', state: 'subscribed.settled' })).toBe(1)
    expect(valueOf(page, 'kis_stream_socket_state', { market: 'KR', state: 'reconnecting' })).toBe(0)
    expect(valueOf(page, 'kis_stream_socket_state', { market: 'US', state: 'market-switch' })).toBe(1)
    const states = page.get('kis_stream_socket_state')?.samples.filter(({ labels }) => labels['market'] === 'KR') ?? []
    expect(states.reduce((sum, { value }) => sum + value, 0)).toBe(1)
    expect(valueOf(page, 'kis_stream_turn', { market: 'KR' })).toBe(1)
    expect(valueOf(page, 'kis_stream_slots_used', { market: 'KR' })).toBe(2)
    expect(valueOf(page, 'kis_stream_slots_limit')).toBe(41)
    expect(valueOf(page, 'kis_stream_subscriptions', { status: 'active' })).toBe(2)
    expect(valueOf(page, 'kis_stream_connects_left')).toBe(999)
    expect(valueOf(page, 'kis_stream_approval_key_age_seconds')).toBeGreaterThanOrEqual(0)
    expect(valueOf(page, 'kis_stream_info', { version: '1.2.3', environment: 'prod' })).toBe(1)
  })

  it('count what came, by transaction, and what of it came twice, was missing, repaired or could not be read', async () => {
    const rig = await feedRig({ simulator: { tape: generatedTape({ rate: 2_000, seed: 3 }) } })
    await rig.until('trade')
    rig.simulator.inject({ kind: 'lose', probability: 0.1 })
    rig.simulator.inject({ kind: 'duplicate', probability: 0.1 })
    await eventually(() => rig.of('trade').length >= 500)
    rig.simulator.send('0|H0STCNT0|002|005930^1')
    await rig.until('malformed')
    const question = rig.feed.status().openGaps[0] as GapQuestion
    const { fromVolume, toVolume } = question
    const volume = toVolume - fromVolume
    const trade = { price: 100, bidPrice: null, askPrice: null, eventTime: question.to ?? 0, volume }
    const run = { fromVolume, toVolume, trades: [{ ...trade, cumulativeVolume: toVolume }] }
    rig.internals.repair({ question, runs: [run], explained: [], unknown: [], evidence: [] })
    await rig.feed.stop()

    const page = await metricsOf(rig).families()
    const { duplicates } = rig.feed.status().counts
    const records = valueOf(page, 'kis_stream_records_total', { tr: 'H0STCNT0' })
    expect(records).toBe(rig.of('trade').length + duplicates)
    expect(valueOf(page, 'kis_stream_duplicates_total')).toBe(duplicates)
    for (const cause of ['lost', 'outage', 'unsubscribed', 'restart']) {
      const found = rig.of('gap').filter(gap => gap.cause === cause)
      expect(valueOf(page, 'kis_stream_gaps_total', { cause })).toBe(found.length)
    }
    expect(valueOf(page, 'kis_stream_missing_volume_shares_total')).toBe(
      rig.of('gap').reduce((sum, { missingVolume }) => sum + missingVolume, 0),
    )
    expect(valueOf(page, 'kis_stream_late_volume_shares_total')).toBe(
      rig.of('gap-filled').reduce((sum, { filledVolume }) => sum + filledVolume, 0),
    )
    expect(valueOf(page, 'kis_stream_repairs_total')).toBe(1)
    expect(valueOf(page, 'kis_stream_repaired_volume_shares_total')).toBe(volume)
    expect(valueOf(page, 'kis_stream_malformed_total')).toBe(1)
    expect(valueOf(page, 'kis_stream_disconnects_total', { market: 'KR' })).toBe(rig.of('disconnect').length)
  })

  it('show lag and latency as histograms: buckets that only grow, and count what they sum up', async () => {
    const rig = await feedRig({ simulator: { tape: generatedTape({ rate: 2_000 }) } })
    await eventually(() => rig.of('trade').length >= 200)
    await rig.feed.stop()
    const page = await metricsOf(rig).families()
    for (const [name, labels, atLeast] of [
      ['kis_stream_lag_seconds', { market: 'KR' }, rig.of('trade').length],
      ['kis_stream_latency_seconds', {}, 1],
    ] as const) {
      const samples =
        page.get(name)?.samples.filter(({ labels: own }) => own['market'] === labels['market' as never]) ?? []
      const buckets = samples.filter(sample => sample.name.endsWith('_bucket'))
      const bounds = buckets.map(({ labels: own }) => Number(own['le']?.replace('+Inf', 'Infinity')))
      expect(bounds).toEqual([...bounds].sort((a, b) => a - b))
      expect(bounds.at(-1)).toBe(Number.POSITIVE_INFINITY)
      expect(buckets.map(({ value }) => value)).toEqual(buckets.map(({ value }) => value).toSorted((a, b) => a - b))
      expect(buckets.at(-1)?.value).toBe(valueOf(page, `${name}_count`, labels))
      expect(valueOf(page, `${name}_count`, labels)).toBeGreaterThanOrEqual(atLeast)
      expect(Number.isFinite(valueOf(page, `${name}_sum`, labels))).toBe(true)
    }
  })

  it('name the sink that fails, the one that is too slow, and the one that says so itself', async () => {
    const rig = await feedRig({ simulator: { tape: generatedTape({ rate: 1_000 }) } })
    rig.feed.consume(() => new Promise<void>(resolve => void setImmediate(resolve)), { name: 'slow "one"', limit: 1 })
    rig.feed.attach(() => {
      throw new Error('no')
    }, 'broken')
    const watch: Sink['watch'] = watcher => of({ type: 'dropped' as const, count: 7 }).subscribe(watcher)
    rig.feed.attach(
      Object.assign(() => Subscription.EMPTY, { watch }),
      'ring',
    )
    await eventually(() => rig.ofSinks('dropped') > 7)
    await rig.feed.stop()
    const page = await metricsOf(rig).families()
    expect(valueOf(page, 'kis_stream_sink_errors_total', { sink: 'broken' })).toBe(1)
    expect(valueOf(page, 'kis_stream_sink_dropped_total', { sink: 'ring' })).toBe(7)
    const slow = valueOf(page, 'kis_stream_sink_dropped_total', { sink: 'slow "one"' })
    expect(slow + 7).toBe(rig.ofSinks('dropped'))
  })

  it('add the depths of queues, and do without them when Redis is away', async () => {
    const rig = await feedRig()
    const jobs = [{ queue: 'gap-validation', state: 'waiting', jobs: 3 }]
    const page = await metricsOf(rig, { queues: async () => jobs }).families()
    expect(valueOf(page, 'kis_stream_queue_jobs', { queue: 'gap-validation', state: 'waiting' })).toBe(3)
    const away = await metricsOf(rig, { queues: () => Promise.reject(new Error('ECONNREFUSED')) }).families()
    expect(away.get('kis_stream_queue_jobs')?.samples).toEqual([])
  })

  it('tell the limits of each app key, and of the one that is shared what is left for all processes', async () => {
    const secondKey = { usAppKey: 'an-app-key-of-the-us-market', usAppSecret: 'its-secret' }
    const rig = await feedRig({
      ...secondKey,
      market: 'auto',
      schedule: 'side-by-side',
      instruments: ['KRX:005930', 'NAS:AAPL'],
      timing: { ...shortTiming, mostConnects: 4 },
    })
    await Promise.all(['KRX:005930', 'NAS:AAPL'].map(name => rig.feed.confirmed(name)))
    const left = async (parts: Partial<MetricsParts> = {}) => {
      const page = await metricsOf(rig, parts).families()
      for (const name of ['kis_stream_requests_left', 'kis_stream_approval_key_age_seconds']) {
        expect(page.get(name)?.samples.map(({ labels }) => labels['app_key'])).toEqual([
          'KIS_APP_KEY',
          'KIS_APP_KEY_US',
        ])
      }
      return page.get('kis_stream_connects_left')?.samples.map(({ labels, value }) => [labels['app_key'], value])
    }
    const own = [
      ['KIS_APP_KEY', 3],
      ['KIS_APP_KEY_US', 3],
    ]
    expect(await left()).toEqual(own)
    expect(await left({ sharedConnectsLeft: async () => [1] })).toEqual([['KIS_APP_KEY', 1], own[1]])
    expect(await left({ sharedConnectsLeft: async () => [1, 2] })).toEqual([
      ['KIS_APP_KEY', 1],
      ['KIS_APP_KEY_US', 2],
    ])
    expect(await left({ sharedConnectsLeft: () => Promise.reject(new Error('ECONNREFUSED')) })).toEqual(own)
  })

  it('of two feeds are two pages', async () => {
    const [one, other] = [await feedRig(), await feedRig({ instruments: ['KRX:000660', 'KRX:005930'] })]
    await Promise.all([one.feed.confirmed('KRX:005930'), other.feed.confirmed('KRX:005930')])
    const slots = async (rig: FeedRig) =>
      valueOf(await metricsOf(rig).families(), 'kis_stream_slots_used', { market: 'KR' })
    expect([await slots(one), await slots(other)]).toEqual([1, 2])
  })
})

it('docs/metrics.md is what the list of metrics says; npm run generate writes it', () => {
  const page = readFileSync(new URL('../../../../docs/metrics.md', import.meta.url), 'utf8')
  expect(page).toBe(metricPage())
  const known = metricList.map(({ name }) => name)
  const alerts = page.slice(page.indexOf('## What'))
  const asked = alerts.match(/kis_stream_\w+/g) ?? []
  expect(asked.length).toBeGreaterThan(5)
  expect(asked.filter(name => !known.includes(name))).toEqual([])
})

describe('docs/grafana-dashboard.json', () => {
  const dashboard = readFileSync(new URL('../../../../docs/grafana-dashboard.json', import.meta.url), 'utf8')
  const { panels } = JSON.parse(dashboard) as { panels: { title: string; targets?: { expr: string }[] }[] }
  const expressions = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr))

  it('asks for nothing that the page of a feed does not tell', async () => {
    const suffixes = { gauge: [''], counter: ['_total'], histogram: ['_bucket', '_sum', '_count'] } as const
    const page = await metricsOf(await feedRig()).families()
    const known = new Set(
      [...page].flatMap(([name, { type }]) => suffixes[type as keyof typeof suffixes].map(suffix => name + suffix)),
    )
    // Wherever it stands: in a panel, a row, a variable or an annotation.
    const asked = dashboard.match(/\b(kis_stream|process|nodejs)_\w+/g) ?? []
    expect(asked.length).toBeGreaterThan(15)
    expect(asked.filter(name => !known.has(name))).toEqual([])
  })

  it('groups by labels that the metrics have', () => {
    for (const expression of expressions) {
      const [name = ''] = expression.match(/\b(kis_stream|process|nodejs)_\w+/) ?? []
      const definition = metricList.find(metric => name === metric.name || name.startsWith(`${metric.name}_`))
      const labels = ['le', ...(definition?.labels ?? [])]
      const used = [...expression.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(/,\s*/))
      const matched = [...expression.matchAll(/(\w+)(?:=~|!~|=|!=)"/g)].map(([, label = '']) => label)
      expect([...used, ...matched].filter(label => !labels.includes(label) && label !== 'instance')).toEqual([])
    }
  })
})
