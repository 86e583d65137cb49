import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { replaceFile, replaceFileSync } from '../../system/kept-file.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kept-file-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const modeOf = (path: string) => statSync(path).mode & 0o777

describe.each<[string, (file: string, text: string) => Promise<void> | void]>([
  ['replaceFile', replaceFile],
  ['replaceFileSync', replaceFileSync],
])('%s', (_, replace) => {
  it('makes a folder and a file that only their owner may read, and leaves no draft', async () => {
    const file = join(folder, 'new', 'state.json')
    await replace(file, 'first')
    await replace(file, 'second')
    expect(readFileSync(file, 'utf8')).toBe('second')
    expect([modeOf(join(folder, 'new')), modeOf(file)]).toEqual([0o700, 0o600])
    expect(readdirSync(join(folder, 'new'))).toEqual(['state.json'])
  })

  it('gives a file its own mode although a killed process left a draft with another one', async () => {
    const file = join(folder, 'state.json')
    writeFileSync(`${file}.tmp`, 'half a', { mode: 0o644 })
    await replace(file, 'whole')
    expect(readFileSync(file, 'utf8')).toBe('whole')
    expect(modeOf(file)).toBe(0o600)
  })
})
