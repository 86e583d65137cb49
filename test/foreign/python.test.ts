// Clients in Python, on Debian's packages: one from another author, and one that behaves as the broker's own
// sample. Skipped, with a note, where Python or the packages are missing.
import { execFile, spawn, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { generatedTape } from '../../simulator/tape/generated-tape.ts'
import { approvalKey, requestText, simulator } from '../simulator/support.ts'

/** The system's own Python has Debian's packages; another one, earlier on the path, may not. */
function pythonWith(...modules: string[]): string | undefined {
  const program = modules.map(name => `import ${name}`).join(';')
  return ['/usr/bin/python3', 'python3'].find(python => spawnSync(python, ['-c', program]).status === 0)
}

const bare = pythonWith('websockets')
const full = pythonWith('websockets', 'requests', 'Cryptodome')

describe('the client that comes with python3-websockets', () => {
  it.skipIf(bare === undefined)('subscribes to a trade and is sent it', async () => {
    const kis = await simulator({ tape: generatedTape({ rate: 200 }) })
    const client = spawn(bare as string, ['-u', '-m', 'websockets', `${kis.wsUrl}/tryitout`])
    client.stdin.write(`${requestText(await approvalKey(kis), 'subscribe', 'H0STCNT0', '005930')}\n`)
    let shown = ''
    await new Promise<void>((resolve, reject) => {
      const look = (chunk: unknown) => {
        shown += String(chunk)
        if (/0\|H0STCNT0\|\d{3}\|005930\^/.test(shown)) resolve()
      }
      client.stdout.on('data', look)
      client.stderr.on('data', look)
      client.on('close', () => reject(new Error(`it ended before it was sent a trade:\n${shown}`)))
    })
    client.removeAllListeners('close')
    client.kill('SIGKILL')
    expect(shown).toContain('"msg1":"SUBSCRIBE SUCCESS"')
    expect(kis.stats().requests).toMatchObject([{ verb: 'subscribe', tr: 'H0STCNT0', key: '005930', code: 'OPSP0000' }])
  })
})

describe("a client that behaves as the broker's own sample", () => {
  it.skipIf(full === undefined)(
    'gets its answers, keeps its session, counts its columns and reads its notices',
    async () => {
      const tape = generatedTape({ rate: 200, width: { trade: 46 } })
      const kis = await simulator({ tape, noticesEveryMs: 100 })
      const program = fileURLToPath(new URL('broker_sample.py', import.meta.url))
      const { stdout } = await promisify(execFile)(full as string, [program, kis.restUrl, kis.wsUrl])
      const seen = JSON.parse(stdout) as Record<string, unknown>
      expect(seen).toMatchObject({
        executions: { code: 'MCA00000', result: '0', tr: 'FHPST01060000' },
        encrypt: { H0STCNT0: 'N', H0STCNI0: 'Y' },
        open: true,
      })
      expect([...new Set(seen['columns'] as number[])]).toEqual([46])
      expect(seen['notice']).toHaveLength(26)
      expect(kis.stats().protocolPings).toBeGreaterThan(1)
      expect(kis.stats().mostSocketsOpen).toBe(1)
    },
  )
})
