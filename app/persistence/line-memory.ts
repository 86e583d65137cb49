// What outlives a process so that a restart loop gets no app key blocked: a random name of this installation,
// and for each line the last connections and whether its session is ours. Kept in the data folder; without
// one, in this process alone.
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { KeptTimes } from '../../machines/budget.ts'
import { createOutage } from '../../market/basics/outage.ts'
import { replaceFileSync } from '../../system/kept-file.ts'
import type { Logger } from '../observe/log.ts'

export const lineMemoryFile = 'lines.json'

/** Logged by a process without a data folder and without Redis. */
export const countsForItself =
  'no data folder and no Redis: connections are counted in this process alone, and a restart loop may get the app key blocked'

const shape = z.object({
  format: z.literal(1),
  /** Identifies this installation to other processes that use the line. Not a secret. */
  installation: z.string().regex(/^[0-9a-f]{32}$/),
  /** By the Redis prefix of the line, which is made from a hash. */
  keys: z.record(z.string(), z.object({ connects: z.array(z.number().min(0)), hasLine: z.boolean() })),
})

type Content = z.infer<typeof shape>
type Kept = Content['keys'][string]

/** The lines used last are kept; those of a simulator change with its port. */
const mostKeys = 16

export type LineMemory = {
  readonly installation: string
  of(prefix: string): KeptLine
}

export type KeptLine = {
  readonly connects: KeptTimes
  /** KIS accepted a session of this installation, which has not given up the line since. */
  hasLine(): boolean
  noteLine(hasLine: boolean): void
}

/** Reads and writes only on a call, so that a process without a session (a worker) writes nothing. */
export function openLineMemory(folder: string | undefined, log: Logger): LineMemory {
  const file = folder === undefined ? undefined : join(folder, lineMemoryFile)
  let content: Content | undefined
  const outage = createOutage()

  /** The content of the file, or what this process knows when it cannot be read. */
  function read(): Content {
    const found = file === undefined ? undefined : readContent(file, log)
    content = found ?? content ?? { format: 1, installation: randomBytes(16).toString('hex'), keys: {} }
    return content
  }

  function write(change: (content: Content) => Content): void {
    content = change(read())
    if (file === undefined) return
    try {
      replaceFileSync(file, JSON.stringify(content))
      outage.over()
    } catch (error) {
      const facts = { file, problem: String(error) }
      outage.failed(() => log.warn(facts, 'connections cannot be written down: a restart does not know of them'))
    }
  }

  function lineOf(prefix: string, { keys } = read()): Kept {
    return keys[prefix] ?? { connects: [], hasLine: false }
  }

  function change(prefix: string, news: Partial<Kept>): void {
    write(now => {
      const { [prefix]: _, ...others } = now.keys
      const latest = Object.entries(others).toSorted(([, a], [, b]) => lastConnect(b) - lastConnect(a))
      const kept = latest.slice(0, mostKeys - 1)
      return { ...now, keys: { ...Object.fromEntries(kept), [prefix]: { ...lineOf(prefix, now), ...news } } }
    })
  }

  return {
    get installation() {
      if (content === undefined) write(now => now)
      return read().installation
    },
    of: prefix => ({
      connects: {
        read: () => lineOf(prefix).connects,
        write: connects => change(prefix, { connects: [...connects] }),
      },
      hasLine: () => lineOf(prefix).hasLine,
      noteLine(hasLine) {
        if (lineOf(prefix).hasLine !== hasLine) change(prefix, { hasLine })
      },
    }),
  }
}

function lastConnect({ connects }: Kept): number {
  return connects.at(-1) ?? 0
}

/** Undefined when there is no file, or when it cannot be read: that is logged, and it is written again. */
function readContent(file: string, log: Logger): Content | undefined {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      log.warn({ file, problem: String(error) }, 'earlier connections cannot be read; counting afresh')
    }
    return undefined
  }
  try {
    return shape.parse(JSON.parse(text))
  } catch {
    log.warn({ file }, 'earlier connections cannot be read: the file is damaged; counting afresh')
    return undefined
  }
}
