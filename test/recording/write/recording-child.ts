// A process that records one frame a millisecond until somebody ends it, in peace with SIGINT, and says of
// each when it was given.
import { writeSync } from 'node:fs'
import { createRecorder } from '../../../recording/write/recorder.ts'
import { frameOf, nine } from '../frames.ts'

const [folder = '', frames = 'Infinity', blockBytes = '65536'] = process.argv.slice(2)
const recorder = createRecorder({
  folder,
  describe: () => ({ columns: [], continuity: true }),
  turnAt: () => 'KR',
  limits: { blockBytes: Number(blockBytes) },
  onTrouble: trouble => void writeSync(1, `${JSON.stringify({ trouble })}\n`),
})
let given = 0

await recorder.ready

const timer = setInterval(() => {
  recorder.expect('KR', nine + given)
  recorder.frame({
    line: '1',
    market: 'KR',
    bytes: frameOf(String(100_000 + (given % 40))),
    receivedTime: nine + given,
  })
  recorder.settled()
  writeSync(1, `${JSON.stringify({ given, at: Date.now() })}\n`)
  if (++given >= Number(frames)) stop()
}, 1)

process.once('SIGINT', stop)

function stop(): void {
  clearInterval(timer)
  void recorder.stop()
}
