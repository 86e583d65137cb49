// The same records, of forty instruments, of four hundred or of four thousand: what does it cost that more is
// known, and kept, of more of them? A session carries 41: four hundred are the target, and four thousand are
// only printed. What a record costs is measured from the socket to the subscriber; the data path alone shows
// where it comes from.
import assert from 'node:assert/strict'
import { obviousPipeline, obviousTrades } from '../pipelines/baselines.ts'
import { beginDay, receivedTime, type Total, trades } from '../frames.ts'
import type { ClientName } from './clients.ts'
import {
  type Effort,
  interleave,
  median,
  medianRatio,
  type Pass,
  playCasts,
  type Rounds,
  timePasses,
} from '../measure.ts'
import { arrived, count, dataPath } from '../pipelines/pipelines.ts'
import { atMost, figure, printTable, type Target, times } from '../report.ts'
import type { ClientAnswer, ClientQuestion } from './socket-client.ts'
import { setStage } from './stage.ts'

const [few, some, many] = [40, 400, 4_000]
const heads = ['', ...[few, some, many].map(count => `${count} instruments`), `${some} / ${few}`, `${many} / ${few}`]
const mostGrowth = 1.1
const growthName = `a record among ${some} instruments over one among ${few}`

/** One cast in three is off by a twentieth or more, which is half of the growth that is allowed. */
const timesTheCasts = 3

/** About 200 frames each. */
const piecesPerRound = 800

/** A part of the frames at a time: a pass is short, and all frames get their turn. */
const framesOfPass = 250

/**
 * One record a frame, so that every record is of another instrument than the one before; as many frames for
 * few as for many.
 */
const load = (symbols: number) => trades({ recordsPerFrame: 1, frames: many, symbols })

export async function instruments(effort: Effort): Promise<Target[]> {
  const ours = await timeAll(dataPath, effort)
  const theirs = await timeAll(obvious, effort)
  const row = (name: string, rounds: typeof ours) => [
    name,
    ...[rounds.few, rounds.some, rounds.many].map(ns => figure(median(ns))),
    times(medianRatio(rounds.some, rounds.few)),
    times(medianRatio(rounds.many, rounds.few)),
  ]
  const rows = [row('kis-stream', ours), row('the obvious pipeline', theirs)]
  printTable('Instruments, the data path alone, nanoseconds a record, one record a frame', heads, rows)
  const growth = medianRatio(ours.some, ours.few)
  return [atMost(`the data path alone, ${growthName}`, growth, mostGrowth), ...(await fromSocket(effort))]
}

const loads = ['few instruments', 'some instruments', 'many instruments'] as const
type LoadName = (typeof loads)[number]

/** Without continuity, which keeps figures of each instrument, and the whole feed, which has it. */
const clients = ['decode, normalise, share', 'kis-stream'] as const satisfies readonly ClientName[]

/** Processor time a record, saturated, one record a frame. */
async function fromSocket(effort: Effort): Promise<Target[]> {
  const rows: string[][] = []
  const targets: Target[] = []
  for (const name of clients) {
    const rounds = await playCasts(effort.casts * timesTheCasts, () => playSocket(name, effort))
    const growth = medianRatio(rounds['some instruments'], rounds['few instruments'])
    const growthOfMany = medianRatio(rounds['many instruments'], rounds['few instruments'])
    rows.push([name, ...loads.map(load => figure(median(rounds[load]))), times(growth), times(growthOfMany)])
    targets.push(atMost(`${name}, ${growthName}`, growth, mostGrowth))
  }
  printTable(
    'Instruments, socket to subscriber, nanoseconds of processor time a record, one record a frame',
    heads,
    rows,
  )
  return targets
}

/** Nanoseconds a record. */
async function playSocket(name: ClientName, effort: Effort): Promise<Rounds<LoadName, number>> {
  const program = new URL('./socket-client.ts', import.meta.url)
  const stage = await setStage<ClientQuestion, ClientAnswer>(program, [name])
  const measure = async (load: LoadName) => {
    const pieces = Math.ceil(piecesPerRound * effort.socketShare)
    const count = pieces * stage.framesPerPiece[load]
    await stage.client(name).ask({ ask: 'prepare', count })
    const [{ cpuUs }] = await Promise.all([stage.client(name).ask({ ask: 'result' }), stage.flood(name, load, pieces)])
    return (cpuUs * 1_000) / count
  }
  await interleave(loads, effort.socketWarmUps, measure)
  const rounds = await interleave(loads, effort.socketRounds, measure)
  stage.end()
  return rounds
}

function timeAll(path: typeof dataPath, effort: Effort) {
  return timePasses({ few: through(path, few), some: through(path, some), many: through(path, many) }, effort)
}

function obvious(count: () => void) {
  return obviousPipeline(obviousTrades, count)
}

function through(path: typeof dataPath, symbols: number): Pass {
  const take = path(count)
  const { frames, totals, records } = load(symbols)
  const day = beginDay()
  let next = 0
  const pass = () => {
    const end = Math.min(next + framesOfPass, frames.length)
    for (let i = next; i < end; i++) {
      const frame = frames[i] as Buffer
      day.goOn(frame, 0, totals[i] as Total[])
      take(frame, receivedTime)
    }
    const done = end - next
    next = end === frames.length ? 0 : end
    return done
  }
  arrived.count = 0
  for (let done = 0; done < records; ) done += pass()
  assert.equal(arrived.count, records, 'every record arrives')
  return pass
}
