// What takes long and is the same for several test files: the first one that needs it makes it, others wait.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { inject } from 'vitest'

type Made<T> = { readonly value: T } | { readonly error: string }

/**
 * What `make` returns, in the first worker that comes; as JSON, so that others can read it. `make` has an
 * empty folder to itself, until the run ends. When it fails, it fails for all.
 */
export async function once<T>(name: string, make: (folder: string) => T | Promise<T>): Promise<T> {
  const folder = join(inject('runFolder'), name)
  const finished = `${folder}.json`
  if (!existsSync(finished)) {
    if (isFirst(folder)) keep(finished, await attempt(() => make(folder)))
    else while (!existsSync(finished)) await delay(20)
  }
  const made = JSON.parse(readFileSync(finished, 'utf8')) as Made<T>
  if ('error' in made) throw new Error(`${name}: ${made.error}`)
  return made.value
}

/** Ends a process with the run. */
export function endWithRun(pid: number): void {
  writeFileSync(join(inject('runFolder'), 'processes', String(pid)), '')
}

function isFirst(folder: string): boolean {
  try {
    mkdirSync(folder)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

async function attempt<T>(make: () => T | Promise<T>): Promise<Made<T>> {
  try {
    return { value: await make() }
  } catch (error) {
    return { error: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}

/** Whole from the moment on that it is there. */
function keep(file: string, made: Made<unknown>): void {
  writeFileSync(`${file}.new`, JSON.stringify(made))
  renameSync(`${file}.new`, file)
}
