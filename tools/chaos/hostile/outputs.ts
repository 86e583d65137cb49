// Everything that a running process shows and keeps, looked through for what must not be in it.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { devNull } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import WebSocket from 'ws'
import { openRecording } from '../../../recording/read/reader.ts'
import { issued, planted } from './stand-in.ts'

export type Output = { readonly name: string; readonly text: string }

export type Leak = { readonly output: string; readonly secret: string }

const secrets = { ...planted, ...issued }

/** The pages of the dashboard, and what is said to one that stays open for a moment. */
export const pages = [
  '/',
  '/status',
  '/health',
  '/live',
  '/metrics',
  '/jobs',
  '/certificate',
  '/jobs/api/queues',
  ...['token-refresh', 'gap-validation', 'key-validation', 'day-certificate'].flatMap(queue =>
    ['completed', 'failed', 'delayed', 'active', 'waiting', 'latest'].map(
      status => `/jobs/api/queues?activeQueue=${queue}&status=${status}&page=1&jobsPerPage=50`,
    ),
  ),
]

export async function shownPages(dashboard: string): Promise<Output[]> {
  const read = pages.map(async (path): Promise<Output[]> => {
    try {
      const response = await fetch(new URL(path, dashboard), { signal: AbortSignal.timeout(5_000) })
      return [{ name: `page ${path}`, text: await response.text() }]
    } catch {
      return []
    }
  })
  return (await Promise.all([...read, shownLive(dashboard)])).flat()
}

/** What an open page gets in its first moments, machines included. */
function shownLive(dashboard: string): Promise<Output[]> {
  const address = new URL('/live', dashboard.replace('http', 'ws'))
  return new Promise(resolve => {
    const socket = new WebSocket(address, { handshakeTimeout: 5_000 })
    let text = ''
    const end = () => {
      socket.terminate()
      resolve([{ name: 'page /live, open', text }])
    }
    socket.on('open', () => {
      socket.send('{"type":"inspect","on":true}')
      socket.send('{"type":"choose","instrument":"KRX:005930"}')
      setTimeout(end, 1_000)
    })
    socket.on('message', data => {
      text += (data as Buffer).toString() // by default ws hands over every message as one Buffer
    })
    socket.on('error', () => resolve([]))
  })
}

/** Every file in a folder, as it is; of a recording also what is packed in it. */
export async function keptFiles(folder: string, recording: string): Promise<Output[]> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile())
  const outputs = files.map(entry => {
    const path = join(entry.parentPath, entry.name)
    return { name: `file ${path.slice(folder.length + 1)}`, text: readFileSync(path, 'latin1') }
  })
  let text = ''
  for await (const batch of openRecording(recording).read({})) {
    for (const entry of batch) {
      text += entry.kind === 'frame' ? Buffer.from(entry.bytes).toString('latin1') : JSON.stringify(entry)
      text += '\n'
    }
  }
  return [...outputs, { name: 'recording, unpacked', text }]
}

/** What commands show of the same folders, once the process is gone. */
export function shownByCommands(program: string, folder: string, recording: string): Output[] {
  const commands = {
    'support-bundle': ['--file', join(folder, 'bundle.tar.gz')],
    recordings: [recording, '--json', '--verify'],
    replay: [recording, '--speed', 'max', '--format', 'ndjson'],
  }
  const shown = Object.entries(commands).map(([name, words]) => {
    const { stdout, stderr } = spawnSync(process.execPath, [program, name, ...words], {
      cwd: folder,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], KIS_ENV_FILE: devNull, KIS_DATA_FOLDER: join(folder, 'data') },
      maxBuffer: 64 * 1024 * 1024,
    })
    return { name: `command ${name}`, text: `${stdout}\n${stderr}` }
  })
  const bundle = join(folder, 'bundle.tar.gz')
  const packed = existsSync(bundle) ? gunzipSync(readFileSync(bundle)).toString('latin1') : ''
  return [...shown, { name: 'support bundle, unpacked', text: packed }]
}

/** Plain, and as JSON, base64 and a URL have it. */
export function leaksIn(outputs: readonly Output[]): Leak[] {
  return outputs.flatMap(({ name, text }) =>
    Object.entries(secrets)
      .filter(([, secret]) =>
        [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret), base64(secret)].some(form =>
          text.includes(form),
        ),
      )
      .map(([secret]) => ({ output: name, secret })),
  )
}

/** Without its end, which depends on what follows. */
function base64(secret: string): string {
  return Buffer.from(secret).toString('base64').slice(0, -4)
}

/** Bytes that move a terminal's cursor, in what goes to one. */
export function controlBytesIn(text: string): number {
  // oxlint-disable-next-line no-control-regex
  return text.match(/[\u0000-\u0008\u000b-\u001f\u007f\u009b]/g)?.length ?? 0
}
