// A feed that is never stopped, or a replay that does not end, is collected as garbage when it is out of use.
// Node 26 takes a file handle that is collected this way for an error.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, it } from 'vitest'
import { frameOf, give, nine, recorderFor, temporaryFolder } from '../../recording/support.ts'

const spill = `
import { Subject } from 'rxjs'
import { consume } from './sinks/consume.ts'

async function useAndForget() {
  const events = new Subject()
  consume(() => new Promise(() => {}), { policy: 'spill', limit: 1 })(events)
  for (let i = 0; i < 40_000; i++) events.next({ type: 'heartbeat', market: 'KR', serverTime: null, receivedTime: i })
  await new Promise(resolve => setTimeout(resolve, 200))
}
`

const replay = (folder: string) => `
import { createReplay } from './app/replay/replay.ts'

async function useAndForget() {
  await new Promise(resolve => {
    const ready = () => new Promise(resolve)
    void createReplay({ folder: ${JSON.stringify(folder)}, speed: Infinity, ready }).play()
  })
}
`

const collect = `
await useAndForget()
for (let i = 0; i < 20; i++) {
  globalThis.gc()
  await new Promise(resolve => setImmediate(resolve))
}
console.log('still here')
`

it('a sink that spilled may be forgotten', () => expectPeace(spill))

it('a replay in its middle may be forgotten', async () => {
  const folder = temporaryFolder()
  const recorder = recorderFor(folder)
  for (let i = 0; i < 1_000; i++) give(recorder, frameOf('005930'), nine + i)
  await recorder.stop()
  await expectPeace(replay(folder))
})

async function expectPeace(use: string): Promise<void> {
  const child = spawn(
    process.execPath,
    ['--expose-gc', '--import', 'tsx', '--input-type=module', '--eval', use + collect],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let [output, errors] = ['', '']
  child.stdout.on('data', chunk => (output += String(chunk)))
  child.stderr.on('data', chunk => (errors += String(chunk)))
  const [code] = await once(child, 'close')
  expect({ code, output, errors }).toEqual({ code: 0, output: 'still here\n', errors: '' })
}
