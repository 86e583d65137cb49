// A feed that nobody stops and nobody needs any more is collected as garbage. Node 26 takes a file handle that goes that way for an error.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, it } from 'vitest'

const program = `
import { Subject } from 'rxjs'
import { consume } from './sinks/consume.ts'

async function spillAndForget() {
  const events = new Subject()
  consume(() => new Promise(() => {}), { policy: 'spill', limit: 1 })(events)
  for (let i = 0; i < 40_000; i++) events.next({ type: 'heartbeat', market: 'KR', serverTime: null, receivedTime: i })
  await new Promise(resolve => setTimeout(resolve, 200))
}

await spillAndForget()
for (let i = 0; i < 20; i++) {
  globalThis.gc()
  await new Promise(resolve => setImmediate(resolve))
}
console.log('still here')
`

it('a sink that spilled may be forgotten', { timeout: 60_000 }, async () => {
  const child = spawn(
    process.execPath,
    ['--expose-gc', '--import', 'tsx', '--input-type=module', '--eval', program],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let [output, errors] = ['', '']
  child.stdout.on('data', chunk => (output += String(chunk)))
  child.stderr.on('data', chunk => (errors += String(chunk)))
  const [code] = await once(child, 'close')
  expect({ code, output, errors }).toEqual({ code: 0, output: 'still here\n', errors: '' })
})
