// From the socket's event to the subscriber at a pace a market keeps: Poisson arrivals, one record a frame,
// each in a write of its own.
import type { ClientName } from './clients.ts'
import type { LatencyAnswer, LatencyQuestion } from './latency-client.ts'
import { type Effort, interleave, median } from '../measure.ts'
import { atMost, figure, print, printTable, type Target } from '../report.ts'
import { setStage } from './stage.ts'

const perSecond = 20_000
const mostMicroseconds = 10
const warmUpRounds = 1

const names: readonly ClientName[] = ['nothing', 'kis-stream', 'the obvious pipeline']

export async function latency({ pacedRounds, pacedSeconds }: Effort): Promise<Target[]> {
  const program = new URL('./latency-client.ts', import.meta.url)
  const stage = await setStage<LatencyQuestion, LatencyAnswer>(program, names)
  const frames = perSecond * pacedSeconds
  const kept: number[] = []

  async function measure(name: ClientName): Promise<LatencyAnswer> {
    const client = stage.client(name)
    await client.ask({ ask: 'prepare', count: frames })
    const [answer, pace] = await Promise.all([client.ask({ ask: 'result' }), stage.pace(name, frames, perSecond)])
    kept.push(pace)
    return answer
  }

  await interleave(names, warmUpRounds, measure)
  const rounds = await interleave(names, pacedRounds, measure)
  stage.end()

  const typical = (name: ClientName, of: keyof LatencyAnswer) => median(rounds[name].map(answer => answer[of]))
  const rows = names.map(name => [
    name,
    figure(typical(name, 'p50')),
    figure(typical(name, 'p99')),
    figure(typical(name, 'p999')),
    `${figure(typical(name, 'share') * 100)} %`,
  ])
  const heads = ['what is done with a frame', 'p50', 'p99', 'p99.9', 'of a processor']
  printTable(`Socket event to subscriber at ${perSecond} records/s, microseconds`, heads, rows)
  print(`  the sender kept ${figure(median(kept))} records/s`)
  const claim = "kis-stream, microseconds from the socket's event to the subscriber, p50"
  return [atMost(claim, typical('kis-stream', 'p50'), mostMicroseconds)]
}
