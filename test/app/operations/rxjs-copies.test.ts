// A program that has another rxjs than the feed it makes is warned, with both versions and folders.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { twoCopiesOfRxjs } from '../../../app/operations/rxjs-copies.ts'

function folder(): string {
  const made = realpathSync(mkdtempSync(join(tmpdir(), 'kis-rxjs-')))
  onTestFinished(() => rmSync(made, { recursive: true, force: true }))
  return made
}

function put(place: string, version: string): string {
  mkdirSync(place, { recursive: true })
  writeFileSync(join(place, 'package.json'), JSON.stringify({ name: 'rxjs', version }))
  return place
}

it('finds none where both come to the same folder, a link included', () => {
  const home = folder()
  const shared = put(join(home, 'store/rxjs'), '7.8.2')
  mkdirSync(join(home, 'node_modules/kis-stream/node_modules'), { recursive: true })
  symlinkSync(shared, join(home, 'node_modules/rxjs'))
  symlinkSync(shared, join(home, 'node_modules/kis-stream/node_modules/rxjs'))
  expect(twoCopiesOfRxjs(join(home, 'program.js'), join(home, 'node_modules/kis-stream/dist/index.js'))).toBeUndefined()
  expect(twoCopiesOfRxjs()).toBeUndefined()
})

it('names both where they differ', () => {
  const home = folder()
  const theirs = put(join(home, 'node_modules/rxjs'), '7.5.0')
  const ours = put(join(home, 'node_modules/kis-stream/node_modules/rxjs'), '7.8.2')
  const said = twoCopiesOfRxjs(join(home, 'src/program.js'), join(home, 'node_modules/kis-stream/dist/index.js'))
  expect(said).toContain(`two copies of rxjs: 7.5.0 in ${theirs} for the program, and 7.8.2 in ${ours} for kis-stream`)
  expect(said).toContain('npm dedupe')
})
