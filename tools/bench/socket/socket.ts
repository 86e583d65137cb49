// From a real socket to a subscriber, saturated: processor time a frame of decode, normalise and share, of
// the data path with continuity in it, and of the whole feed around that, against a client that does nothing
// with its frames and against two ordinary pipelines. Sender and clients are processes of their
// own.
import type { ClientName } from './clients.ts'
import { type Effort, interleave, median, medianRatio, playCasts, type Rounds } from '../measure.ts'
import { atLeast, atMost, figure, print, printTable, type Target, times } from '../report.ts'
import type { ClientAnswer, ClientQuestion } from './socket-client.ts'
import { setStage } from './stage.ts'

const overNothing = 2.5
const underUsual = 6

const recordsPerFrame = { 'three records a frame': 3, 'one record a frame': 1 } as const
type Saturating = keyof typeof recordsPerFrame

/**
 * Pieces a round: a quarter of a second or so each. Shorter rounds would measure how a process comes back
 * from waiting, longer ones would not meet the same moment.
 */
const piecesOf = {
  nothing: 2_000,
  'nothing, unchecked': 2_000,
  'decode, normalise, share': 800,
  'the data path': 800,
  'kis-stream': 800,
  'kis-stream and json-lines': 800,
  'the obvious pipeline': 300,
  'the usual pipeline': 120,
} as const satisfies Partial<Record<ClientName, number>>

type Name = keyof typeof piecesOf
const names = Object.keys(piecesOf) as Name[] // its own keys

export async function socket(effort: Effort): Promise<Target[]> {
  const loads = Object.keys(recordsPerFrame) as Saturating[] // its own keys
  const targets: Target[] = []
  for (const load of loads) {
    const rounds = await playCasts(effort.casts, () => play(load, effort))
    targets.push(...report(load, name => rounds[name]))
  }
  return targets
}

/** Microseconds a frame. */
async function play(load: Saturating, effort: Effort): Promise<Rounds<Name, ClientAnswer>> {
  const program = new URL('./socket-client.ts', import.meta.url)
  const stage = await setStage<ClientQuestion, ClientAnswer>(program, names)

  async function measure(name: Name): Promise<ClientAnswer> {
    const client = stage.client(name)
    const pieces = Math.ceil(piecesOf[name] * effort.socketShare)
    const frames = pieces * stage.framesPerPiece[load]
    await client.ask({ ask: 'prepare', count: name.startsWith('nothing') ? frames : frames * recordsPerFrame[load] })
    const [{ cpuUs, mainThreadUs }] = await Promise.all([
      client.ask({ ask: 'result' }),
      stage.flood(name, load, pieces),
    ])
    return { cpuUs: cpuUs / frames, mainThreadUs: mainThreadUs / frames }
  }

  await interleave(names, effort.socketWarmUps, measure)
  const rounds = await interleave(names, effort.socketRounds, measure)
  stage.end()
  return rounds
}

function report(load: Saturating, roundsOf: (name: Name) => readonly ClientAnswer[]): Target[] {
  const records = recordsPerFrame[load]
  const cpu = (name: Name) => roundsOf(name).map(({ cpuUs }) => cpuUs)
  const main = (name: Name) => roundsOf(name).map(({ mainThreadUs }) => mainThreadUs)
  const over = (name: Name, floor: Name) => medianRatio(cpu(name), cpu(floor))
  const thousandsASecond = (name: Name) => (1_000 * records) / median(cpu(name))
  const rows = names.map(name => [
    name,
    figure(median(cpu(name))),
    figure(median(main(name))),
    times(over(name, 'nothing')),
    times(over(name, 'nothing, unchecked')),
    figure(thousandsASecond(name)),
  ])
  const heads = [
    'what is done with a frame',
    'µs a frame',
    'of it main thread',
    'over nothing',
    'unchecked',
    'thousand records/cpu s',
  ]
  printTable(`Socket to subscriber, ${load}, processor time`, heads, rows)

  const withSink = main('kis-stream and json-lines')
  const added = main('kis-stream').map((without, round) => (withSink[round] ?? Number.NaN) - without)
  print(`  json-lines adds ${figure((median(added) * 1_000) / records)} ns a record to the main thread`)
  return [
    atMost(
      `${load}: decode, normalise, share over doing nothing, processor time`,
      over('decode, normalise, share', 'nothing'),
      overNothing,
    ),
    atMost(`${load}: the data path over doing nothing, processor time`, over('the data path', 'nothing'), overNothing),
    atMost(`${load}: the whole feed over doing nothing, processor time`, over('kis-stream', 'nothing'), overNothing),
    atLeast(
      `${load}: the usual pipeline over the whole feed, processor time`,
      medianRatio(cpu('the usual pipeline'), cpu('kis-stream')),
      underUsual,
    ),
  ]
}
