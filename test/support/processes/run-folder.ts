// The folder of one run of the tests: what several files need is made in it once (`once.ts`).
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
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
  for (const pid of namesIn(processes)) {
    try {
      process.kill(Number(pid))
    } catch {
      // It ended before.
    }
  }
  rmSync(folder, { recursive: true, force: true })
}

function namesIn(place: string): readonly string[] {
  try {
    return readdirSync(place)
  } catch {
    // Another project ended the run.
    return []
  }
}
