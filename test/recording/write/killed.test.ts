// A recorder that is killed has no time for good-byes.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createFeed } from '../../../app/feed/feed.ts'
import { openRecording } from '../../../recording/read/reader.ts'
import { eventually, planted, shortTiming } from '../../support/rigs/feed.ts'
import { entriesOf, frameOf, give, nine, recorderFor, temporaryFolder } from '../support.ts'
import { bundledProgram } from '../../support/processes/bundled.ts'

type Said = { readonly given: number; readonly at: number }

const program = bundledProgram(fileURLToPath(new URL('./recording-child.ts', import.meta.url)))

function startChild(folder: string): { child: ChildProcess; said: Said[] } {
  const child = spawn(process.execPath, [program, folder], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const said: Said[] = []
  createInterface({ input: child.stdout }).on('line', line => said.push(JSON.parse(line) as Said))
  return { child, said }
}

/** Kills it once it has given so many frames, and says when and what it had said by then. */
async function kill({ child, said }: { child: ChildProcess; said: Said[] }, after: number): Promise<number> {
  while (said.length < after) await once(child.stdout as NonNullable<typeof child.stdout>, 'data')
  const killedAt = Date.now()
  child.kill('SIGKILL')
  await once(child, 'close')
  return killedAt
}

describe('a recording whose process was killed', () => {
  it('opens by itself and has all but the last moment, in order and whole', async () => {
    // Arrange
    const folder = temporaryFolder()
    const running = startChild(folder)

    // Act
    const killedAt = await kill(running, 1_500)

    // Assert
    const entries = await entriesOf(folder)
    const times = entries.slice(1).map(({ receivedTime }) => receivedTime - nine)
    expect(entries[0]?.kind).toBe('begin')
    expect(times).toEqual(times.map((_, index) => index))
    // A tenth of a second is what is promised, from the first frame on; this machine may be busy with other
    // things for longer.
    const safe = running.said.filter(({ at }) => at < killedAt - 1_000)
    expect(times.length).toBeGreaterThanOrEqual(safe.length)
  })

  it('began before its feed opened a socket', async () => {
    // Arrange: whom a feed speaks to first is asked for an approval key.
    const folder = join(temporaryFolder(), 'recording')
    const found: boolean[] = []
    const server = createServer((_, response) => {
      found.push(existsSync(folder))
      response.end('{}')
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const url = `127.0.0.1:${(server.address() as AddressInfo).port}`
    const feed = createFeed({
      ...planted,
      restUrl: `http://${url}`,
      socketUrl: `ws://${url}`,
      market: 'KR',
      instruments: ['KRX:005930'],
      timing: shortTiming,
      recordFolder: folder,
    })
    onTestFinished(async () => {
      await feed.stop()
      server.close()
    })

    // Act
    feed.start()
    await eventually(() => found.length > 0)

    // Assert
    expect(found[0]).toBe(true)
  })

  it('is gone on with in another segment, and read as one', async () => {
    // Arrange
    const folder = temporaryFolder()
    await kill(startChild(folder), 1_500)
    const before = (await entriesOf(folder)).length

    // Act
    const recorder = recorderFor(folder)
    give(recorder, frameOf('005930'), nine + 3_600_000)
    await recorder.stop()

    // Assert
    const [day] = openRecording(folder).days()
    expect(day?.segments).toHaveLength(2)
    expect(readdirSync(join(folder, '2026-09-14')).sort()).toEqual(['000001.kisrec', '000001.tail', '000002.kisrec'])
    const entries = await entriesOf(folder)
    expect(entries.slice(before).map(({ kind, receivedTime }) => [kind, receivedTime])).toEqual([
      ['begin', nine + 3_600_000],
      ['frame', nine + 3_600_000],
    ])
  })
})
