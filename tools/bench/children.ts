// Processes beside this one, asked one thing at a time: a sender must not share a thread with what it
// measures, nor one client's optimised code with another's.
import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export type Child<Question, Answer> = {
  /** Rejects when the child dies instead of answering. */
  ask<Q extends Question>(question: Q): Promise<Answer>
  end(): void
}

export function startChild<Question extends object, Answer>(
  file: URL,
  words: readonly string[] = [],
  flags: readonly string[] = [],
): Child<Question, Answer> {
  const name = fileURLToPath(file)
  const child = start(name, words, flags)
  return {
    ask: question =>
      new Promise<Answer>((resolve, reject) => {
        const died = (code: number | null) => reject(new Error(`${name} ${words.join(' ')} ended with code ${code}`))
        child.once('exit', died)
        child.once('message', answer => {
          child.off('exit', died)
          resolve(answer as Answer) // what `serve` in that file sends
        })
        child.send(question)
      }),
    end: () => child.disconnect(),
  }
}

/** Node's own way to run TypeScript needs Node 22; tsx is what `npm run bench` runs under. */
export function start(file: string, words: readonly string[], flags: readonly string[] = []): ChildProcess {
  return fork(file, [...words], { execArgv: [...flags, '--import', import.meta.resolve('tsx')] })
}

/** The child's side: answers whatever its parent asks, and dies with it, or of what goes wrong. */
export function serve<Question, Answer>(answer: (question: Question) => Promise<Answer>): void {
  process.on('message', question => {
    void answer(question as Question).then(reply => process.send?.(reply)) // what `ask` sent
  })
  process.on('disconnect', () => process.exit())
}
