// A Chromium that any worker can connect to: `node browser-server.mjs PATH FILE`. Prints where it listens. It
// ends with the run of the tests, whose process the file names, also when that one is killed.
import { readFileSync } from 'node:fs'
import { chromium } from 'playwright-core'

const [executablePath, runner] = process.argv.slice(2)
const pid = Number(readFileSync(runner, 'utf8'))
const args = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
const server = await chromium.launchServer({ executablePath, args, host: '127.0.0.1' })
process.stdout.write(`${server.wsEndpoint()}\n`)

// A signal closes it too: Playwright sees to that.
const watch = setInterval(() => {
  try {
    process.kill(pid, 0)
  } catch {
    void server.close()
  }
}, 1000)
server.on('close', () => clearInterval(watch))
