// Processes that want a token at the same moment, and how many tokens KIS was made to issue for them. Also
// with one that was killed while it held the lock.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Simulator } from '../../../simulator/server.ts'

export type RaceOptions = {
  readonly redisUrl: string
  readonly simulator: Simulator
  readonly processes: number
  /** A run has an app key of its own: KIS issues one token a minute to each. */
  readonly appKey: string
  readonly lockMs?: number
  /** A process that takes the lock first, and is killed with it. */
  readonly killHolder?: boolean
  /** The child as compiled JavaScript; by default its source, through tsx. */
  readonly child?: string
}

export type Race = {
  readonly issued: number
  /** Tokens handed out again, and calls refused within the minute: both would be calls too many. */
  readonly tooMany: number
  /** Different tokens that the processes ended up with. */
  readonly tokens: number
  readonly outcomes: Readonly<Record<string, number>>
  /** From the word to the last answer. */
  readonly ms: number
}

export async function race(options: RaceOptions): Promise<Race> {
  const { simulator, processes, killHolder = false } = options
  const before = simulator.stats()
  const racers = await Promise.all(Array.from({ length: processes }, () => start(options, 'race')))
  if (killHolder) {
    const holder = await start(options, 'hold')
    const locked = once(holder, 'message')
    holder.send('go')
    await locked
    holder.kill('SIGKILL')
    await once(holder, 'exit')
  }
  const begun = performance.now()
  const answers = await Promise.all(
    racers.map(async racer => {
      const answer = answerOf(racer)
      racer.send('go')
      return await answer
    }),
  )
  const ms = performance.now() - begun
  const after = simulator.stats()
  const outcomes: Record<string, number> = {}
  for (const { outcome } of answers) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
  return {
    issued: after.tokensIssued - before.tokensIssued,
    tooMany: after.tokensRepeated - before.tokensRepeated + after.tokensRefused - before.tokensRefused,
    tokens: new Set(answers.map(({ token }) => token)).size,
    outcomes,
    ms,
  }
}

type Answer = { readonly outcome: string; readonly token: string }

async function start({ redisUrl, simulator, appKey, lockMs = 10_000, child }: RaceOptions, task: string) {
  const file = child ?? fileURLToPath(new URL('./child.ts', import.meta.url))
  const execArgv = child === undefined ? ['--import', import.meta.resolve('tsx')] : []
  const racer = fork(file, [redisUrl, simulator.restUrl, appKey, String(lockMs), task], { execArgv })
  await once(racer, 'message')
  return racer
}

function answerOf(racer: ChildProcess): Promise<Answer> {
  return new Promise((resolve, reject) => {
    racer.once('message', answer => resolve(answer as Answer)) // what `act` in the child returns
    racer.once('exit', code => reject(new Error(`a racer ended with code ${code} and no answer`)))
  })
}
