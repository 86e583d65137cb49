// A feed without a queue: its parent process hands in findings, and reads the gaps and repairs that it
// prints. With `deadly` it kills itself at the first repair, before it prints anything else.
import { writeSync } from 'node:fs'
import { openFeed } from '../../../app/feed/feed.ts'
import type { Gap } from '../../../market/events.ts'
import { clockStartingAt } from '../../../market/clock.ts'
import type { GapFinding, Run } from '../../../market/gap-finding.ts'
import { shortTiming } from '../../support/rigs/feed.ts'

const [dataFolder = '', restUrl = '', socketUrl = '', startedAt = '', deadly = '', given = ''] = process.argv.slice(2)
const say = (what: object) => void writeSync(1, `${JSON.stringify(what)}\n`)

/** One trade fills the gap, as far as anybody can tell. */
function findingOf({ instrument, businessDate, fromVolume, toVolume, from, to }: Gap): GapFinding {
  const bare = { price: 100, bidPrice: null, askPrice: null, eventTime: to ?? 0 }
  const run: Run = {
    fromVolume,
    toVolume,
    trades: [{ ...bare, volume: toVolume - fromVolume, cumulativeVolume: toVolume }],
  }
  const question = { instrument, businessDate, fromVolume, toVolume, from, to }
  return { question, runs: [run], explained: [], unknown: [], evidence: [] }
}

const { feed, internals } = openFeed({
  appKey: 'any-key',
  appSecret: 'any-secret',
  restUrl,
  socketUrl,
  market: 'KR',
  instruments: ['KRX:005930'],
  seed: 1,
  timing: shortTiming,
  // The simulator's.
  clock: clockStartingAt(Number(startedAt) || Date.now()),
  dataFolder,
})
let isDone = given === ''
feed.events$.subscribe(event => {
  if (event.type === 'gap') {
    const finding = findingOf(event)
    say({ gap: event, finding })
    // Behind the trade that revealed it.
    if (given === '') setImmediate(() => internals.repair(finding))
  }
  if (event.type === 'trade' && !isDone) {
    isDone = true
    setImmediate(() => {
      internals.repair(JSON.parse(given) as GapFinding)
      say({ done: true })
    })
  }
  if (event.type !== 'backfill') return
  say({ backfill: event })
  if (deadly === 'deadly') process.kill(process.pid, 'SIGKILL')
})
feed.start()
say({ started: true })
