// The machines on the page: every actor and event by name, a recording to step through, and never what they
// carry.
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { generatedTape } from '../../simulator/tape/generated-tape.ts'
import { chromiumPath, connectToBrowser } from '../support/processes/browser.ts'
import { dashboardRig, openPage } from '../support/rigs/dashboard.ts'
import { planted } from '../support/rigs/feed.ts'
import { temporaryFolder } from '../support/servers/redis.ts'

const withBooks = { channels: ['trade', 'order-book'] }

describe.skipIf(chromiumPath === undefined)('the inspector on the page (needs chromium on PATH)', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await connectToBrowser()
  })
  afterAll(() => browser.close())

  it('shows every actor and event live, steps back through them, and keeps a recording in a file', async () => {
    const rig = await dashboardRig()
    const { page } = await openPage(browser, rig.dashboard.url)
    await rig.feed.confirmed('KRX:005930')
    await page.locator('#inspect').click()
    await page.locator('#actors button', { hasText: 'KR › connection' }).waitFor()
    rig.simulator.cut()
    await rig.until('resume')
    await page.locator('#events li[data-kind="event"]', { hasText: 'socket.closed' }).first().waitFor()
    await page.locator('#events li[data-kind="state"]', { hasText: 'session.subscribed.settled' }).first().waitFor()
    await page.locator('#inspected-machine .state.active[data-state="session.subscribed.settled"]').waitFor()

    const saving = page.waitForEvent('download')
    await page.locator('#inspect-save').click()
    const file = join(temporaryFolder(), 'inspection.json')
    await (await saving).saveAs(file)
    await page.locator('#inspect').click()
    await page.reload()
    await page.locator('#inspect-file').setInputFiles(file)
    await page.locator('#step-at', { hasText: /^1 of \d+/ }).waitFor()
    const active = page.locator('#inspected-machine .state.active')
    const states = new Set<string | null>()
    const count = Number(await page.locator('#step').getAttribute('max'))
    for (let step = 1; step < count; step++) {
      await page.locator('#step-forward').click()
      if ((await active.count()) > 0) states.add(await active.first().getAttribute('data-state'))
    }
    expect([...states]).toEqual(
      expect.arrayContaining(['reconnecting', 'session.connecting.opening', 'session.subscribed.settled']),
    )
  })

  it('shows no secret: not in the page, not in its messages, not in a recording', async () => {
    const rig = await dashboardRig({
      ...withBooks,
      htsId: 'planted-hts-id',
      simulator: { tape: generatedTape({ rate: 20 }) },
      dashboard: { inspect: true },
    })
    const said: string[] = []
    const context = await browser.newContext({ locale: 'en-US' })
    const page = await context.newPage()
    page.setDefaultTimeout(60_000)
    page.on('websocket', socket => socket.on('framereceived', ({ payload }) => said.push(String(payload))))
    await page.goto(rig.dashboard.url)
    await page.locator('#inspect').click()
    rig.simulator.send(`0|H0STCNT0|001|${planted.appKey}^${planted.appSecret}`)
    rig.simulator.send(
      `{"header":{"tr_id":"(null)"},"body":{"rt_cd":"9","msg_cd":"OPSP7777","msg1":"no ${planted.appSecret}"}}`,
    )
    rig.simulator.cut()
    await rig.until('resume')
    await page.locator('#troubles li', { hasText: 'malformed' }).first().waitFor()
    await page.locator('#events li', { hasText: 'socket.closed' }).first().waitFor()
    said.push(await page.content(), await (await fetch(`${rig.dashboard.url}status`)).text())
    const text = said.join('\n')
    for (const secret of [planted.appKey, planted.appSecret, 'planted-hts-id']) expect(text).not.toContain(secret)
    expect(text).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i)
    await context.close()
  })
})
