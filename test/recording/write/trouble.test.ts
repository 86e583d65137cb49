// A recorder whose file system refuses: it says so, counts, and goes on when it may.
import { spawn } from 'node:child_process'
import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { RecorderTrouble } from '../../../recording/write/recorder.ts'
import { eventually, feedRig, whenCaptured } from '../../support/rigs/feed.ts'
import { lineOf } from '../../support/wire/frames.ts'
import { entriesOf, frameOf, give, nine, recorderFor, temporaryFolder } from '../support.ts'
import { bundledProgram } from '../../support/processes/bundled.ts'

describe('a recorder that cannot write', () => {
  it('reports that once, and once more when it can again, with how much was lost; the recording has both', async () => {
    // Arrange
    const folder = join(temporaryFolder(), 'recording')
    writeFileSync(folder, 'a file where a folder should be')
    const troubles: RecorderTrouble[] = []
    const recorder = recorderFor(folder, { onTrouble: trouble => troubles.push(trouble) })

    // Act
    for (let i = 0; i < 100; i++) give(recorder, frameOf('005930'), nine + i)
    await eventually(() => recorder.lost === 100)
    rmSync(folder)
    await eventually(() => troubles.length > 1)
    give(recorder, frameOf('005930'), nine + 100)
    await recorder.stop()

    // Assert
    expect(troubles).toMatchObject([{ isOver: false }, { isOver: true, lost: 100 }])
    expect(troubles[0]?.reason).toContain('EEXIST')
    expect(recorder.lost).toBe(100)
    expect(await entriesOf(folder)).toMatchObject([
      { kind: 'begin', date: 20260914 },
      { kind: 'lost', count: 100, from: nine, receivedTime: nine + 99 },
      { kind: 'frame', receivedTime: nine + 100 },
    ])
  })

  it('loses nothing that it does not count when files may grow no further, and goes on in another one', async () => {
    // Arrange: no file of this process may grow beyond 512 blocks of 1 KiB, as if the disk were full. What is
    // written at once is a tenth of that, also on a busy machine.
    const folder = temporaryFolder()
    const program = bundledProgram(fileURLToPath(new URL('./recording-child.ts', import.meta.url)))
    const shell = `ulimit -f 512; exec "${process.execPath}" "${program}" "${folder}" Infinity 262144`
    const child = spawn('bash', ['-c', shell], { stdio: ['ignore', 'pipe', 'inherit'] })
    onTestFinished(() => void child.kill('SIGKILL'))
    const troubles: RecorderTrouble[] = []
    let frames = 0
    let framesSinceThen = 0
    createInterface({ input: child.stdout }).on('line', line => {
      const { trouble } = JSON.parse(line) as { trouble?: RecorderTrouble }
      if (trouble !== undefined) troubles.push(trouble)
      else frames++
      // Act: it could not write, and then it could.
      if (trouble === undefined && troubles.length === 2 && ++framesSinceThen === 20) child.kill('SIGINT')
    })
    const code = await new Promise(resolve => child.on('close', resolve))

    // Assert
    const entries = await entriesOf(folder)
    const kinds = entries.map(({ kind }) => kind).join(' ')
    const kept = entries.filter(({ kind }) => kind === 'frame').length
    const lost = entries.reduce((sum, entry) => sum + (entry.kind === 'lost' ? entry.count : 0), 0)
    expect(code).toBe(0)
    expect(troubles.slice(0, 2)).toMatchObject([{ isOver: false }, { isOver: true }])
    expect(troubles[0]?.reason).toContain('EFBIG')
    expect(kinds).toContain('lost frame')
    expect(kept + lost).toBe(frames)
  })

  it('leaves nothing behind where nothing can be written, however often it tries', async () => {
    const folder = temporaryFolder()
    const program = bundledProgram(fileURLToPath(new URL('./recording-child.ts', import.meta.url)))
    const shell = `ulimit -f 0; exec "${process.execPath}" "${program}" "${folder}" 1500`
    const child = spawn('bash', ['-c', shell], { stdio: ['ignore', 'ignore', 'inherit'] })
    onTestFinished(() => void child.kill('SIGKILL'))
    const code = await new Promise(resolve => child.on('close', resolve))
    expect(code).toBe(0)
    expect(readdirSync(join(folder, '2026-09-14'))).toEqual([])
  })

  it('does not hold up its feed, whose events say what happened', async () => {
    const folder = join(temporaryFolder(), 'recording')
    writeFileSync(folder, 'a file where a folder should be')
    const rig = await feedRig({ recordFolder: folder, clock: whenCaptured() })
    await rig.feed.confirmed('KRX:005930')
    const { reason } = await rig.until('recording-trouble', ({ isOver }) => !isOver)
    rig.simulator.send(lineOf('H0STCNT0.txt', 1))
    await rig.until('trade')
    rmSync(folder)
    await rig.until('recording-trouble', ({ isOver }) => isOver)
    expect(reason).toContain('EEXIST')
    expect(rig.feed.status().counts.events['recording-trouble']).toBe(2)
  })

  it('that is too slow for what comes drops and counts it, and the recording says where', async () => {
    // Arrange
    const folder = temporaryFolder()
    const troubles: RecorderTrouble[] = []
    const recorder = recorderFor(folder, { capacityBytes: 16_384, onTrouble: trouble => troubles.push(trouble) })

    // Act: faster than anybody could be woken.
    for (let i = 0; i < 1_000; i++) give(recorder, frameOf('005930'), nine + i)
    const dropped = recorder.lost
    await eventually(() => {
      give(recorder, frameOf('005930'), nine + 1_000)
      return troubles.at(-1)?.isOver === true
    })
    await recorder.stop()

    // Assert
    const entries = await entriesOf(folder)
    const [lost] = entries.filter(({ kind }) => kind === 'lost')
    expect(dropped).toBeGreaterThan(0)
    expect(lost).toMatchObject({ count: troubles[1]?.lost, reason: 'the thread that writes is too slow' })
    expect(troubles.slice(0, 2)).toMatchObject([{ isOver: false }, { isOver: true }])
    expect(troubles.reduce((sum, { isOver, lost }) => sum + (isOver ? lost : 0), 0)).toBe(recorder.lost)
  })
})
