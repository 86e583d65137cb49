// docs/metrics.md: every metric with its labels and meaning, and the alerts to set.
import { type MetricDefinition, metricList } from './list.ts'

/** Each with its reason, and long enough that a trouble which ends by itself causes no alert. */
const alerts: readonly { readonly name: string; readonly when: string; readonly why: string }[] = [
  {
    name: 'no data in trading hours',
    when: 'probe_success{job="kis-stream-health"} == 0 for 3m',
    why: '`/health` knows the calendar; a rule over raw states does not',
  },
  {
    name: 'connections used up',
    when: 'kis_stream_connects_left == 0 for 5m',
    why: 'it cannot come back by itself for a while, and something makes it connect over and over',
  },
  {
    name: 'volume is missing',
    when: 'increase(kis_stream_missing_volume_shares_total[15m]) > increase(kis_stream_repaired_volume_shares_total[15m]) + increase(kis_stream_late_volume_shares_total[15m])',
    why: 'bars and cumulative numbers of strategies are off',
  },
  {
    name: 'KIS changed its columns',
    when: 'increase(kis_stream_schema_drifts_total[1h]) > 0',
    why: 'the known columns are still read; the new ones wait for somebody',
  },
  {
    name: 'malformed frames',
    when: 'rate(kis_stream_malformed_total[5m]) > 0.1',
    why: 'one is noise, a stream of them is a change',
  },
  {
    name: 'a sink cannot keep up',
    when: 'rate(kis_stream_sink_dropped_total[5m]) > 0',
    why: 'events are dropped for it, the oldest first',
  },
  {
    name: 'clock is off',
    when: 'abs(kis_stream_clock_skew_seconds) > 2',
    why: 'lag, bars and hand-overs are read against it',
  },
]

export function metricPage(): string {
  return `# Metrics

Made from [app/observe/metrics/list.ts](../app/observe/metrics/list.ts) by \`npm run generate\`; a test fails when it is stale. \`run\` serves them beside the dashboard on
\`/metrics\`, in the OpenMetrics format; [grafana-dashboard.json](grafana-dashboard.json) is a dashboard over them. \`/health\` answers 200 when data flows as the
calendar expects and 503 with the reasons when it does not: that is what a supervisor or a probe should ask.

| metric | type | labels | meaning |
| --- | --- | --- | --- |
${metricList.map(rowOf).join('\n')}

## What to be woken up for

| alert | when | why |
| --- | --- | --- |
${alerts.map(({ name, when, why }) => `| ${name} | \`${when}\` | ${why} |`).join('\n')}
`
}

function rowOf({ name, type, labels = [], help }: MetricDefinition): string {
  return `| \`${name}\` | ${type} | ${labels.map(label => `\`${label}\``).join(' ')} | ${help} |`
}
