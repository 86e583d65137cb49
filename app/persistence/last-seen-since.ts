// Changes of single instruments since all of them were last saved, for what must not wait for the next save:
// a repair is written before it is delivered, so that it is not delivered again if the process is killed
// right afterwards.
import { appendFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { privateFile, privateFolder } from '../../system/kept-file.ts'

export type SinceFile = {
  /** The entries of the processes before this one, as JSON. */
  read(): readonly string[]
  /** When it returns, the entry outlives this process. Throws when it cannot be written. */
  append(entry: string): void
  /** How many entries there are. */
  size(): number
  /** Removes all of them, unless there are more than `known` by now. */
  clear(known: number): void
}

export function openSinceFile(file: string): SinceFile {
  let size = 0

  return {
    read() {
      const text = readIfThere(file)
      const found = text.split('\n').filter(entry => entry !== '')
      size = found.length
      // An entry that a full disk cut short would swallow the one behind it.
      if (text !== '' && !text.endsWith('\n')) appendFileSync(file, '\n')
      return found
    },
    append(entry) {
      mkdirSync(dirname(file), privateFolder)
      appendFileSync(file, `${entry}\n`, privateFile)
      size++
    },
    size: () => size,
    clear(known) {
      if (size === 0 || size > known) return
      rmSync(file, { force: true })
      size = 0
    },
  }
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
}
