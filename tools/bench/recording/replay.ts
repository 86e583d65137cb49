// How fast a recorded day is replayed, against the obvious way, and against tardis-dev's normalised replay
// where that is installed (`npm i --no-save tardis-dev`). Every one has a process of its own, and records of
// its own kind.
import { startChild } from '../children.ts'
import { type Effort, interleave, median, medianRatio } from '../measure.ts'
import { isInstalled, type ReplayAnswer, type ReplayQuestion, type ReplayerName } from './replay-client.ts'
import { atLeast, figure, print, printTable, type Target, times } from '../report.ts'

const goal = 500_000
const records = 400_000
const warmUpRounds = 1

export async function replay({ socketRounds, socketShare }: Effort): Promise<Target[]> {
  const names: ReplayerName[] = [
    'kis-stream',
    'the obvious replay',
    ...(isInstalled('tardis-dev') ? ['tardis-dev' as const] : []),
  ]
  const program = new URL('./replay-client.ts', import.meta.url)
  const children = new Map(names.map(name => [name, startChild<ReplayQuestion, ReplayAnswer>(program, [name])]))
  const ask = async (name: ReplayerName, question: ReplayQuestion) => {
    const child = children.get(name)
    if (child === undefined) throw new Error(`no process for ${name}`)
    return child.ask(question)
  }
  for (const name of names) await ask(name, { ask: 'prepare', records: Math.ceil(records * socketShare) })
  await interleave(names, warmUpRounds, name => ask(name, { ask: 'replay' }))
  const rounds = await interleave(names, socketRounds, name => ask(name, { ask: 'replay' }))
  for (const child of children.values()) child.end()

  const wall = (name: ReplayerName) => (rounds[name] ?? []).map(({ microseconds }) => microseconds)
  const cpu = (name: ReplayerName) => (rounds[name] ?? []).map(({ cpuMicroseconds }) => cpuMicroseconds)
  const rows = names.map(name => [
    name,
    figure(1_000 / median(wall(name))),
    figure(median(cpu(name))),
    times(medianRatio(wall(name), wall('kis-stream'))),
  ])
  printTable('Replay, as fast as it goes', ['', 'thousand records/s', 'µs of a processor', 'time over ours'], rows)
  const baseline = names.at(-1) ?? 'the obvious replay'
  if (baseline !== 'tardis-dev')
    print('  tardis-dev is not installed here; npm i --no-save tardis-dev puts it beside the others')
  return [
    atLeast('replay, records a second', 1e6 / median(wall('kis-stream')), goal),
    atLeast(`replay, records a second over ${baseline}'s lines`, medianRatio(wall(baseline), wall('kis-stream')), 1),
  ]
}
