import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { linesOf } from '../../../cli/input/read-lines.ts'
import { longestLine } from '../../../app/replay/text-decoder.ts'
import { tries } from '../../support/property.ts'
import { temporaryFolder } from '../../recording/support.ts'
import { runCommand } from '../../support/processes/command.ts'

async function linesFrom(chunks: readonly (Uint8Array | string)[]): Promise<string[]> {
  const lines: string[] = []
  // oxlint-disable-next-line typescript/require-await -- an input that is read bit by bit
  async function* input() {
    yield* chunks
  }
  for await (const line of linesOf(input())) lines.push(Buffer.from(line).toString('latin1'))
  return lines
}

describe('lines', () => {
  it('are the same however the bytes are parted', async () => {
    const text = fc.string({ unit: fc.constantFrom('a', '\n', '\r', '\u00ff'), maxLength: 60 })
    await fc.assert(
      fc.asyncProperty(text, fc.array(fc.nat(60), { maxLength: 8 }), async (whole, cuts) => {
        const bytes = Buffer.from(whole, 'latin1')
        const places = [0, ...cuts.filter(cut => cut < bytes.length).sort((a, b) => a - b), bytes.length]
        const chunks = places.slice(1).map((to, i) => bytes.subarray(places[i], to))
        const expected = whole.split('\n')
        if (expected.at(-1) === '') expected.pop()
        expect(await linesFrom(chunks)).toEqual(expected.map(line => line.replace(/\r$/, '')))
      }),
      tries(300),
    )
  })

  it('longer than any frame are cut off, and the next one is whole', async () => {
    const chunk = Buffer.alloc(64 * 1024, 'x')
    const chunks = [...Array.from({ length: 40 }, () => chunk), Buffer.from('\nnext\n')]
    const [long, next] = await linesFrom(chunks)
    expect(long).toHaveLength(longestLine + 1)
    expect(next).toBe('next')
  })
})

describe.each([['decode'], ['import']])('kis-stream %s', command => {
  it('reads a line of 60 MB in little more than the time it takes to read it, and the lines behind it', async () => {
    const trade = `0|H0STCNT0|001|${Array.from({ length: 46 }, () => '1').join('^')}`
    const input = `0|H0XXXXX0|001|${'x^'.repeat(30_000_000)}\nnothing\n${trade}\n`
    const output =
      command === 'import' ? ['--output', `${temporaryFolder()}/imported`, '--date', '2026-06-08', '-'] : []
    const started = performance.now()
    const { code, out, err } = await runCommand([command, ...output], {}, input)
    expect(code).toBe(0)
    expect(`${out}${err}`).toContain(`a line of more than ${longestLine} bytes; KIS sends a few thousand`)
    if (command === 'decode') expect(out.length).toBeLessThan(50_000)
    else expect(out).toContain('3 lines')
    // 65 s with time in the square of the length; a second or less as it is.
    expect(performance.now() - started).toBeLessThan(20_000)
  })
})
