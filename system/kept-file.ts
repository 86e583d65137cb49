// Files that outlive a process: only their owner may read them, and a reader finds the old content or the new
// one, whole.
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

/** For `mkdir`. */
export const privateFolder = { recursive: true, mode: 0o700 } as const
/** For whatever creates a file. */
export const privateFile = { mode: 0o600 } as const

/** Returns when the operating system has the new content. */
export function replaceFileSync(file: string, text: string): void {
  const draft = draftOf(file)
  mkdirSync(dirname(file), privateFolder)
  rmSync(draft, { force: true }) // a killed process may have left it, with a mode that would be kept
  writeFileSync(draft, text, privateFile)
  renameSync(draft, file)
}

/** Resolves when the disk has the new content. `draft`: its own for each writer, where a file has several. */
export async function replaceFile(file: string, text: string, draft: string = draftOf(file)): Promise<void> {
  await mkdir(dirname(file), privateFolder)
  await rm(draft, { force: true })
  const handle = await open(draft, 'wx', privateFile.mode)
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(draft, file)
}

function draftOf(file: string): string {
  return `${file}.tmp`
}
