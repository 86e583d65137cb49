// What recording costs a feed at the pace of a busy market: processor time of the whole process, the
// recorder's thread included, and its memory, with it and without it in turns.
import type { ClientName } from './clients.ts'
import type { LatencyAnswer, LatencyQuestion } from './latency-client.ts'
import { type Effort, interleave, median, medianRatio, playCasts, type Rounds } from '../measure.ts'
import { atMost, figure, print, printTable, type Target } from '../report.ts'
import { setStage } from './stage.ts'

const perSecond = 20_000
const mostOnTop = 0.1

const names: readonly ClientName[] = ['kis-stream', 'kis-stream and recorder']

export async function recorder({ casts, pacedRounds, pacedWarmUps, pacedSeconds }: Effort): Promise<Target[]> {
  const program = new URL('./latency-client.ts', import.meta.url)
  const frames = perSecond * pacedSeconds
  const kept: number[] = []

  async function play(): Promise<Rounds<ClientName, LatencyAnswer>> {
    const stage = await setStage<LatencyQuestion, LatencyAnswer>(program, names)
    const measure = async (name: ClientName) => {
      const client = stage.client(name)
      await client.ask({ ask: 'prepare', count: frames })
      const [answer, pace] = await Promise.all([client.ask({ ask: 'result' }), stage.pace(name, frames, perSecond)])
      kept.push(pace)
      return answer
    }
    await interleave(names, pacedWarmUps, measure)
    const rounds = await interleave(names, pacedRounds, measure)
    stage.end()
    return rounds
  }

  const rounds = await playCasts(casts, play)

  const shares = (name: ClientName) => (rounds[name] ?? []).map(({ share }) => share)
  const mainShares = (name: ClientName) => (rounds[name] ?? []).map(({ mainShare }) => mainShare)
  const typical = (name: ClientName, of: keyof LatencyAnswer) =>
    figure(median((rounds[name] ?? []).map(answer => answer[of])))
  const rows = names.map(name => [
    name,
    `${figure(median(shares(name)) * 100)} %`,
    `${figure(median(mainShares(name)) * 100)} %`,
    typical(name, 'p50'),
    typical(name, 'p99'),
    typical(name, 'p999'),
    typical(name, 'megabytes'),
  ])
  const heads = ['', 'of a processor', 'of it main thread', 'p50', 'p99', 'p99.9', 'MB']
  printTable(`Recording at ${perSecond} records/s; socket event to subscriber in microseconds`, heads, rows)
  const grown = (rounds['kis-stream and recorder'] ?? []).flatMap(({ megabytes }, round, all) =>
    round % pacedRounds === pacedRounds - 1
      ? [megabytes - (all[round - pacedRounds + 1]?.megabytes ?? Number.NaN)]
      : [],
  )
  const seconds = (pacedRounds - 1) * pacedSeconds
  print(`  in ${seconds} s of recording a process grew by ${figure(median(grown))} MB`)
  print(`  the sender kept ${figure(median(kept))} records/s`)
  const onTop = medianRatio(shares('kis-stream and recorder'), shares('kis-stream')) - 1
  return [atMost("the recorder, processor time on top of the feed's", onTop, mostOnTop)]
}
