// Which folder may import which, where each library's words are allowed, and where time may be read. Reads
// the sources; a failure names the line.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

/** More in one folder, and it needs rooms. */
const mostFiles = 15

type Layer = { readonly folders: readonly string[]; readonly packages: readonly string[] }

/** The table of CONTRIBUTING.md: what each folder may import besides itself and Node. */
const layers: Readonly<Record<string, Layer>> = {
  market: { folders: [], packages: ['@hyunbinseo/holidays-kr'] },
  system: { folders: [], packages: [] },
  kis: { folders: ['market'], packages: ['undici', 'zod'] },
  machines: { folders: ['market', 'kis'], packages: ['xstate', 'ws'] },
  streams: { folders: ['market', 'kis'], packages: ['rxjs'] },
  workers: { folders: ['market', 'system', 'kis'], packages: ['bullmq', 'ioredis', 'js-redis-server', 'zod'] },
  sinks: { folders: ['market', 'system', 'streams'], packages: ['rxjs', 'ioredis'] },
  recording: { folders: ['market', 'system', 'kis'], packages: ['zod', '@duckdb/node-api'] },
  simulator: { folders: ['market', 'kis', 'recording'], packages: ['ws'] },
  app: {
    folders: ['market', 'system', 'kis', 'machines', 'streams', 'workers', 'sinks', 'recording'],
    packages: ['prom-client', 'rxjs', 'xstate', 'zod'],
  },
  dashboard: {
    folders: ['market', 'system', 'machines', 'streams', 'app'],
    packages: [
      'hono',
      '@hono/node-server',
      'ws',
      'rxjs',
      'bullmq',
      '@bull-board/api',
      '@bull-board/hono',
      '@statelyai/inspect',
    ],
  },
  entries: { folders: ['market', 'kis', 'machines', 'sinks', 'recording', 'simulator', 'app'], packages: [] },
  cli: {
    folders: ['market', 'kis', 'machines', 'streams', 'workers', 'sinks', 'recording', 'simulator', 'app', 'dashboard'],
    packages: ['commander', 'ioredis', 'pino', 'rxjs', 'zod'],
  },
}

/** One file of `app` stands above it: it puts a service together, and only the command opens one. */
const composition = 'app/service.ts'

function layerOf(file: string): Layer | undefined {
  const layer = layers[file.split('/')[0] as string]
  if (file !== composition || layer === undefined) return layer
  return { ...layer, folders: [...layer.folders, 'simulator', 'dashboard'] }
}

/** Folders with an entrance: the files that other folders may import. Their other files are private. */
const doors: Readonly<Record<string, readonly string[]>> = {
  'kis/wire': [
    'bytes.ts',
    'frame.ts',
    'frame-symbols.ts',
    'layout.ts',
    'typed-columns.ts',
    'columns.ts',
    'decoder.ts',
    'control.ts',
    'request.ts',
    'notices.ts',
  ],
  'machines/placement': ['place.ts', 'explain.ts', 'holders.ts', 'learn.ts', 'limits.ts', 'words.ts'],
  'streams/continuity': ['continuity.ts', 'memory.ts', 'repairs.ts', 'received-volume.ts'],
  'recording/export': ['export.ts'],
}

/** Only these two of the streams may speak KIS. */
const streamsThatMayImportKis = ['streams/normalize.ts', 'streams/pipeline.ts']

/** Where the operating system may be asked for the time, and where a bare timer may stand. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  'Date.now': ['market/clock.ts'],
  'performance.now': ['app/observe/latency.ts'],
  'new Date()': [],
  setTimeout: [
    'machines/connection.ts',
    'machines/requests/outbox.ts',
    'kis/rest/client.ts',
    'kis/rest/rate-limit.ts',
    'kis/rest/authorized-client.ts',
    'workers/',
    'recording/write/recorder-thread.ts',
    'simulator/',
  ],
  setInterval: ['simulator/'],
  'Math.random': [],
  'console.': [],
  'process.env': ['cli/', 'workers/redis/private-server.ts'],
}

type Line = { readonly file: string; readonly number: number; readonly text: string }

function sourceFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts'))
    .map(name => join(folder, name))
}

const files = [...Object.keys(layers).flatMap(sourceFiles), 'index.ts']
const lines: Line[] = files.flatMap(file =>
  readFileSync(join(root, file), 'utf8')
    .split('\n')
    .map((text, index) => ({ file, number: index + 1, text })),
)
const show = ({ file, number, text }: Line) => `${file}:${number}: ${text.trim()}`
const isComment = ({ text }: Line) => /^\s*(\/\/|\*|\/\*)/.test(text)
const code = lines.filter(line => !isComment(line))

/** The modules a file imports: relative ones as paths from the root, others by their package's name. */
function importOf({ file, text }: Line): { folder?: string; name: string } | undefined {
  const specifier = /(?:from|import)\s*\(?\s*'([^']+)'/.exec(text)?.[1]
  if (specifier === undefined || specifier.startsWith('node:')) return undefined
  if (!specifier.startsWith('.'))
    return {
      name: specifier
        .split('/')
        .slice(0, specifier.startsWith('@') ? 2 : 1)
        .join('/'),
    }
  const target = relative(root, normalize(join(root, dirname(file), specifier)))
  return { folder: target.split('/')[0] as string, name: target }
}

function isOpen(room: string, name: string): boolean {
  return (doors[room] ?? []).some(open => name === `${room}/${open}`)
}

describe('layers', () => {
  it('import only what stands below them, and only their own packages', () => {
    const offending = code.filter(line => {
      const own = line.file.split('/')[0] as string
      const layer = layerOf(line.file)
      const imported = importOf(line)
      if (imported === undefined || layer === undefined) return false
      if (imported.folder === undefined) return !layer.packages.includes(imported.name)
      return imported.folder !== own && !layer.folders.includes(imported.folder)
    })
    expect(offending.map(show)).toEqual([])
  })

  it('compose a service in one file, which only the command opens', () => {
    const offending = code.filter(line => importOf(line)?.name === composition && !line.file.startsWith('cli/'))
    expect(offending.map(show)).toEqual([])
  })

  it('open the rooms that are doors only where the door is', () => {
    const offending = code.filter(line => {
      const name = importOf(line)?.name ?? ''
      const room = Object.keys(doors).find(each => name.startsWith(`${each}/`))
      return room !== undefined && !line.file.startsWith(`${room}/`) && !isOpen(room, name)
    })
    expect(offending.map(show)).toEqual([])
  })

  it('hold no more files than one looks through at once', () => {
    const counts = new Map<string, number>()
    for (const file of files) counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1)
    expect([...counts].filter(([, count]) => count > mostFiles)).toEqual([])
  })

  it.each([
    ['the composition of a feed', 150, ['app/feed/feed.ts']],
    [
      'continuity',
      550,
      ['continuity', 'memory', 'missing-ranges', 'rules', 'state'].map(name => `streams/continuity/${name}.ts`),
    ],
  ])('keep %s within %d lines', (_, most, parts) => {
    const own = lines.filter(({ file }) => parts.includes(file))
    expect(new Set(own.map(({ file }) => file)).size).toBe(parts.length)
    // The end of a file is a line without text.
    expect(own.length - parts.length).toBeLessThanOrEqual(most)
  })

  it('let only the first step of the streams speak to kis/', () => {
    const offending = code.filter(
      line =>
        line.file.startsWith('streams/') &&
        importOf(line)?.folder === 'kis' &&
        !streamsThatMayImportKis.includes(line.file),
    )
    expect(offending.map(show)).toEqual([])
  })

  it('export public names of app, market, streams and sinks only', () => {
    const folders = code.filter(({ file }) => file === 'index.ts').flatMap(line => importOf(line)?.folder ?? [])
    expect([...new Set(folders)].sort()).toEqual(['app', 'market', 'sinks', 'streams'])
  })

  it("keep KIS's own words inside kis/ and simulator/", () => {
    const words = /\b(tr_id|tr_key|msg_cd|msg1|rt_cd|ACML_VOL|CNTG_VOL|STCK_PRPR|BSOP_DATE)\b/
    const offending = code.filter(line => !/^(kis|simulator)\//.test(line.file) && words.test(line.text))
    expect(offending.map(show)).toEqual([])
  })

  it.each(Object.entries(allowed))('use %s only where they may', (word, places) => {
    const offending = code.filter(
      line =>
        line.text.includes(word) &&
        !places.some(place => line.file === place || (place.endsWith('/') && line.file.startsWith(place))),
    )
    expect(offending.map(show)).toEqual([])
  })

  it('have no circles between files, types included', () => {
    const imports = new Map<string, string[]>()
    for (const line of code) {
      const target = importOf(line)
      if (target?.folder !== undefined) imports.set(line.file, [...(imports.get(line.file) ?? []), target.name])
    }
    const done = new Set<string>()
    const walk = (file: string, path: readonly string[]): string[] => {
      if (path.includes(file)) return [[...path.slice(path.indexOf(file)), file].join(' → ')]
      if (done.has(file)) return []
      const found = (imports.get(file) ?? []).flatMap(next => walk(next, [...path, file]))
      done.add(file)
      return found
    }
    const circles = [...imports.keys()].flatMap(file => walk(file, []))
    expect(circles).toEqual([])
  })
})
