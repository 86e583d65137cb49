// The folder of one run of the tests: what several files need is made in it once (`once.ts`).
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    runFolder: string
  }
}

/** Each project of a run calls this, in the same process: the name is the same for all of them. */
const folder = join(tmpdir(), `kis-stream-run-${process.pid}-${Math.round(performance.timeOrigin)}`)
/** A file for each process that is to end with the run. */
const processes = join(folder, 'processes')

/** For vitest: before the first test, and again before tests that are repeated on a change. */
export function setup(project: TestProject): () => void {
  begin()
  project.provide('runFolder', folder)
  project.onTestsRerun(() => {
    end()
    begin()
  })
  return end
}

function begin(): void {
  mkdirSync(processes, { recursive: true })
  writeFileSync(join(folder, 'runner'), String(process.pid))
}

function end(): void {
  // Another project ended the run.
  if (!existsSync(folder)) return
  for (const pid of readdirSync(processes)) {
    try {
      process.kill(Number(pid))
    } catch {
      // It ended before.
    }
  }
  remove()
}

/** Thousands of files take seconds: a process that the run does not wait for removes them. */
function remove(): void {
  const old = mkdtempSync(`${folder}-old-`)
  renameSync(folder, join(old, 'run'))
  const program = 'fs.rmSync(process.argv[1], { recursive: true, force: true })'
  spawn(process.execPath, ['-e', program, old], { detached: true, stdio: 'ignore' }).unref()
}
