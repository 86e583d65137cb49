// One Chromium for all tests of the page, as a start of it takes longer than most of them.
import { spawn } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Browser, chromium } from 'playwright-core'
import { inject } from 'vitest'
import { endWithRun, once } from './once.ts'

/** The browser of this machine; undefined when there is none, which a test says by skipping. */
export const chromiumPath = ['chromium', 'chromium-browser', 'google-chrome']
  .flatMap(name => (process.env['PATH'] ?? '').split(delimiter).map(folder => join(folder, name)))
  .find(path => existsSync(path))

/** To close it is to disconnect from it, with the pages that were opened through it. */
export async function connectToBrowser(): Promise<Browser> {
  if (chromiumPath === undefined) throw new Error('no chromium on PATH')
  const path = chromiumPath
  return chromium.connect(await once('browser', folder => startBrowser(path, folder)))
}

/** Where it listens. Its process lives longer than the worker that starts it. */
function startBrowser(path: string, folder: string): Promise<string> {
  const program = fileURLToPath(new URL('browser-server.mjs', import.meta.url))
  const log = join(folder, 'log')
  const output = openSync(log, 'w')
  const server = spawn(process.execPath, [program, path, join(inject('runFolder'), 'runner')], {
    detached: true,
    stdio: ['ignore', 'pipe', output],
  })
  closeSync(output)
  const { stdout, pid = 0 } = server
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.once('close', () => reject(new Error(`the browser ended: ${readFileSync(log, 'utf8')}`)))
    stdout?.once('data', endpoint => {
      endWithRun(pid)
      stdout.destroy()
      server.unref()
      resolve(String(endpoint).trim())
    })
  })
}
