import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../recording/support.ts'
import { runCommand } from '../support/processes/command.ts'
import { lineOf } from '../support/wire/frames.ts'

describe('kis-stream import', () => {
  it('says what it recorded, and which lines are no frames', async () => {
    const [folder, output] = [temporaryFolder(), temporaryFolder()]
    const file = join(folder, 'capture.txt')
    writeFileSync(file, `${lineOf('H0STCNT0.txt', 1)}\r\nnot a frame\n${lineOf('H0STCNT0.txt', 2)}`)
    const { code, out, err } = await runCommand(['import', file, '--output', output])
    expect(code).toBe(0)
    expect(out).toBe(`3 lines: 2 frames, 0 answers, 1 kept as malformed; recorded as 2026-06-08 in ${output}\n`)
    expect(err).toMatch(/^line 2: no envelope/)
  })

  it('says all at once what is wrong with its flags', async () => {
    const { code, err } = await runCommand(['import', '--date', '8 June', '--loud'])
    expect(code).toBe(2)
    for (const what of ['8 June', '--loud']) expect(err).toContain(what)
  })

  it('says what it cannot read', async () => {
    const missing = await runCommand(['import', '/no/such/file', '--output', temporaryFolder()])
    expect(missing).toMatchObject({ code: 2, err: expect.stringContaining('ENOENT') as unknown })
  })
})
