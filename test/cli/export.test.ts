import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { frameOf, give, nine, recorderFor, temporaryFolder } from '../recording/support.ts'
import { runCommand } from '../support/processes/command.ts'

describe('kis-stream export', () => {
  it('writes the tables of a recording and says what is in them', async () => {
    const [folder, output] = [temporaryFolder(), temporaryFolder()]
    const recorder = recorderFor(folder)
    give(recorder, frameOf('005930'), nine)
    await recorder.stop()
    const { code, out, err } = await runCommand([
      'export',
      folder,
      '--date',
      '2026-09-14',
      '--format',
      'csv',
      '--output',
      output,
    ])
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toMatch(/^2026-09-14: 5 trades, 0 order books, .* in \d+ files under /)
    expect(existsSync(join(output, 'trades/date=2026-09-14/instrument=KRX-005930/data.csv'))).toBe(true)
  })

  it('says all at once what is wrong with its flags', async () => {
    const { code, err } = await runCommand([
      'export',
      '--format',
      'excel',
      '--date',
      'yesterday',
      '--instruments',
      'SAMSUNG',
      '--bars',
      '7m',
      '--loud',
    ])
    expect(code).toBe(2)
    for (const what of ['--format', '--date', 'SAMSUNG', '--bars', '--loud']) expect(err).toContain(what)
  })

  it('says what it found where no recording is', async () => {
    const { code, err } = await runCommand(['export', '/no/such/folder', '--output', temporaryFolder()])
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining('no recording at /no/such/folder') })
  })
})
