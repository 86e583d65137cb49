// Forty instruments or four thousand: the same records cost the same, because state and symbols are looked up by hash and nothing is
// made for each instrument on the way.
import assert from 'node:assert/strict'
import { obviousPipeline, obviousTrades } from './baselines.ts'
import { beginDay, receivedTime, type Total, trades } from './frames.ts'
import { type Effort, median, medianRatio, type Pass, timePasses } from './measure.ts'
import { arrived, count, dataPath } from './pipelines.ts'
import { atMost, figure, printTable, type Target, times } from './report.ts'

const few = 40
const many = 4_000
const mostGrowth = 1.1

/** A part of the frames at a time: a pass is short, and all frames get their turn. */
const framesOfPass = 250

/** One record a frame, so that every record is of another instrument than the one before; as many frames for few as for many. */
const load = (symbols: number) => trades({ recordsPerFrame: 1, frames: many, symbols })

export async function instruments(effort: Effort): Promise<Target[]> {
  const rounds = await timePasses(
    {
      few: through(dataPath, few),
      many: through(dataPath, many),
      fewObvious: through(obvious, few),
      manyObvious: through(obvious, many),
    },
    effort,
  )
  const growth = medianRatio(rounds.many, rounds.few)
  const obviousGrowth = medianRatio(rounds.manyObvious, rounds.fewObvious)
  printTable(
    'Instruments, nanoseconds a record, one record a frame',
    ['', `${few} instruments`, `${many} instruments`, 'many / few'],
    [
      ['kis-stream', figure(median(rounds.few)), figure(median(rounds.many)), times(growth)],
      [
        'the obvious pipeline',
        figure(median(rounds.fewObvious)),
        figure(median(rounds.manyObvious)),
        times(obviousGrowth),
      ],
    ],
  )
  return [atMost(`a record among ${many} instruments over one among ${few}`, growth, mostGrowth)]
}

function obvious(heard: () => void) {
  return obviousPipeline(obviousTrades, heard)
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
