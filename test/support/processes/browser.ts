// One Chromium for all tests of the page, as a start of it takes longer than most of them.
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'
import { inject } from 'vitest'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the browser listens; nothing where there is none. */
    browser: string | undefined
  }
}

/** The browser of this machine; undefined when there is none, which a test says by skipping. */
export const chromiumPath = ['chromium', 'chromium-browser', 'google-chrome']
  .flatMap(name => (process.env['PATH'] ?? '').split(delimiter).map(folder => join(folder, name)))
  .find(path => existsSync(path))

const quietly = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** For vitest: before the first test of a page, and after the last one. */
export async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  if (chromiumPath === undefined) return undefined
  const server = await chromium.launchServer({ executablePath: chromiumPath, args: quietly, host: '127.0.0.1' })
  project.provide('browser', server.wsEndpoint())
  return () => server.close()
}

/** To close it is to let go of it, with the pages that were opened through it. */
export function connectToBrowser(): Promise<Browser> {
  const endpoint = inject('browser')
  if (endpoint === undefined) throw new Error('no chromium on PATH')
  return chromium.connect(endpoint)
}
