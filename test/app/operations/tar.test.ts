import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { tarOf } from '../../../app/operations/tar.ts'

const time = Date.parse('2026-06-08T02:48:30Z')

describe('a tar archive', () => {
  it('is one that tar itself unpacks, whatever the lengths of the files', () => {
    const folder = mkdtempSync(join(tmpdir(), 'kis-stream-tar-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const files = [
      { name: 'a/empty.txt', text: '' },
      { name: 'a/short.txt', text: '삼성전자\n' },
      { name: 'a/block.txt', text: 'x'.repeat(512) },
      { name: 'a/long.txt', text: 'y'.repeat(100_000) },
    ]
    writeFileSync(join(folder, 'all.tar'), tarOf(files, time))
    execFileSync('tar', ['-xf', 'all.tar'], { cwd: folder })
    for (const { name, text } of files) expect(readFileSync(join(folder, name), 'utf8')).toBe(text)
  })

  it('is a whole number of blocks, and ends with two empty ones', () => {
    const archive = tarOf([{ name: 'one', text: 'abc' }], time)
    expect(archive.length).toBe(4 * 512)
    expect(archive.subarray(-1_024).every(byte => byte === 0)).toBe(true)
  })

  it('refuses a name that would not fit', () => {
    expect(() => tarOf([{ name: 'n'.repeat(101), text: '' }], time)).toThrow(/100 bytes/)
  })
})
