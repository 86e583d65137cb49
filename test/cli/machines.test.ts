import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { runCommand } from '../support/processes/command.ts'

describe('kis-stream machines', () => {
  it('prints both machines as Mermaid', async () => {
    const { code, out } = await runCommand(['machines'])
    expect(code).toBe(0)
    expect(out).toMatch(/%% feed\nstateDiagram-v2\n(.*\n)+%% socket\nstateDiagram-v2\n/)
  })

  it('prints one as JSON, and all by name', async () => {
    const one = JSON.parse((await runCommand(['machines', '--format', 'json', '--machine', 'socket'])).out) as object
    expect(one).toMatchObject({ id: 'socket', initial: 'market-switch' })
    const all = JSON.parse((await runCommand(['machines', '--format', 'json'])).out) as object
    expect(all).toMatchObject({ feed: { id: 'feed' }, line: { id: 'line' }, socket: one })
  })

  it('prints the page that stands in docs/', async () => {
    const { out } = await runCommand(['machines', '--format', 'markdown'])
    expect(out).toBe(readFileSync(new URL('../../docs/machines.md', import.meta.url), 'utf8'))
  })

  it('lists what is wrong with its flags', async () => {
    const { code, out, err } = await runCommand(['machines', '--format', 'svg', '--machine', 'engine', 'now', '--loud'])
    expect(code).toBe(2)
    expect(out).toBe('')
    for (const word of ["--format 'svg'", "--machine 'engine'", "'now'", "'--loud'"]) expect(err).toContain(word)
  })
})
