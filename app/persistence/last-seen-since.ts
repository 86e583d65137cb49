// Changes of single instruments since all of them were last saved, for what must not wait for the next save:
// a repair is written before it is delivered, so that it is not delivered again if the process is killed
// right afterwards.
import { appendFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { privateFile, privateFolder } from '../../system/kept-file.ts'

export type SinceFile = {
  /** The lines of the processes before this one. */
  read(): readonly string[]
  /** When it returns, the line outlives this process. Throws when it cannot be written. */
  append(line: string): void
  /** How many lines there are. */
  lines(): number
  /** Removes all of them, if there are no more by now than `lines`. */
  clear(lines: number): void
}

export function openSinceFile(file: string): SinceFile {
  let lines = 0

  return {
    read() {
      const text = readIfThere(file)
      const found = text.split('\n').filter(line => line !== '')
      lines = found.length
      // What a full disk cut short would swallow the line behind it.
      if (text !== '' && !text.endsWith('\n')) appendFileSync(file, '\n')
      return found
    },
    append(line) {
      mkdirSync(dirname(file), privateFolder)
      appendFileSync(file, `${line}\n`, privateFile)
      lines++
    },
    lines: () => lines,
    clear(known) {
      if (lines === 0 || lines > known) return
      rmSync(file, { force: true })
      lines = 0
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
