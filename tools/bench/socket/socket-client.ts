// A child that is one client of the sender: connects once, and says what each round cost this process and its
// main thread.
import { setTimeout as wait } from 'node:timers/promises'
import { serve } from '../children.ts'
import { type ClientName, clients } from './clients.ts'
import { cpuMicroseconds, mainThreadMicroseconds } from '../measure.ts'

export type ClientQuestion =
  | { readonly ask: 'connect'; readonly url: string }
  /** Measure until `count` more were received: frames by those that do nothing, records by the others. */
  | { readonly ask: 'prepare'; readonly count: number }
  | { readonly ask: 'result' }

export type ClientAnswer = { readonly cpuUs: number; readonly mainThreadUs: number }

const name = process.argv[2] as ClientName // given by `socket`

let received = 0
let expected = Number.POSITIVE_INFINITY
let before: ClientAnswer = { cpuUs: 0, mainThreadUs: 0 }
let spent: ClientAnswer = before
let finish = () => {}
let finished = Promise.resolve()

serve<ClientQuestion, ClientAnswer>(async question => {
  if (question.ask === 'connect') await clients[name](question.url, count)
  if (question.ask === 'prepare') prepare(question.count)
  if (question.ask === 'result') {
    await finished
    await threadsAtRest()
  }
  return spent
})

function prepare(upTo: number): void {
  received = 0
  expected = upTo
  finished = new Promise(resolve => {
    finish = resolve
  })
}

function count(): void {
  // From the first frame on: waiting for it and being asked are no part of the round.
  if (++received === 1) before = usage()
  if (received < expected) return
  const after = usage()
  spent = { cpuUs: after.cpuUs - before.cpuUs, mainThreadUs: after.mainThreadUs - before.mainThreadUs }
  finish()
}

function usage(): ClientAnswer {
  return { cpuUs: cpuMicroseconds(), mainThreadUs: mainThreadMicroseconds() }
}

/** A sink's thread may have work left, which would be in the way of the next client. */
async function threadsAtRest(): Promise<void> {
  for (let start = -Infinity; cpuMicroseconds() - start > 5_000; ) {
    start = cpuMicroseconds()
    await wait(40)
  }
}
