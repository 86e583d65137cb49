// Worker processes that share the seeds out among them, and what they report.
import { fileURLToPath } from 'node:url'
import { start } from '../../bench/children.ts'
import type { Verdict } from '../verdict/verdict.ts'

export type ToWorker = { readonly seed: number }
/** A failure is of the story itself: it threw, or something in its process was not handled. */
export type FromWorker = { readonly verdict: Verdict } | { readonly seed: number; readonly failure: string }

export type CrewOptions = {
  readonly seeds: readonly number[]
  readonly workers: number
  /** Stories that a worker plays at once. */
  readonly atOnce: number
  readonly onReport: (report: FromWorker) => void
}

/**
 * Resolves when every seed was reported. Rejects when a worker dies: a crash is a finding too, and says which
 * seeds it was playing.
 */
export async function playAll({ seeds, workers, atOnce, onReport }: CrewOptions): Promise<void> {
  const waiting = [...seeds]
  await Promise.all(Array.from({ length: Math.min(workers, seeds.length) }, () => employ(waiting, atOnce, onReport)))
}

function employ(waiting: number[], atOnce: number, onReport: CrewOptions['onReport']): Promise<void> {
  const worker = start(fileURLToPath(new URL('worker.ts', import.meta.url)), [])
  const playing = new Set<number>()

  return new Promise((resolve, reject) => {
    const giveNext = () => {
      const seed = waiting.shift()
      if (seed !== undefined) {
        playing.add(seed)
        worker.send({ seed } satisfies ToWorker)
      } else if (playing.size === 0) {
        worker.disconnect()
        resolve()
      }
    }
    worker.on('message', message => {
      const report = message as FromWorker // what worker.ts sends
      const seed = 'verdict' in report ? report.verdict.seed : report.seed
      onReport(report)
      if (playing.delete(seed)) giveNext()
    })
    worker.on('exit', code => {
      if (playing.size > 0)
        reject(new Error(`a worker ended with code ${code} while playing seeds ${[...playing].join(', ')}`))
    })
    for (let i = 0; i < atOnce; i++) giveNext()
  })
}
