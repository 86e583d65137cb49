// A process that plays the stories it is given, several at once: most of a story is waiting. Started by
// crew.ts.
import type { FromWorker, ToWorker } from './crew.ts'
import { play } from './run.ts'
import { storyOf } from './story.ts'
import { judge } from '../verdict/verdict.ts'

const underWay = new Set<number>()

function say(message: FromWorker): void {
  process.send?.(message)
}

async function playAndReport({ seed }: ToWorker): Promise<void> {
  underWay.add(seed)
  try {
    say({ verdict: judge(await play(storyOf(seed))) })
  } catch (error) {
    say({ seed, failure: error instanceof Error ? (error.stack ?? error.message) : String(error) })
  } finally {
    underWay.delete(seed)
  }
}

process.on('message', message => void playAndReport(message as ToWorker)) // what crew.ts sends
process.on('unhandledRejection', error => {
  const what = error instanceof Error ? (error.stack ?? error.message) : String(error)
  for (const seed of underWay) say({ seed, failure: `while it was played, a rejection was not handled: ${what}` })
})
process.on('disconnect', () => process.exit())
