// What a reader sees, in a real browser, against what the simulator sent.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startDashboard } from '../../dashboard/server.ts'
import { clockStartingAt } from '../../market/clock.ts'
import { generatedTape } from '../../simulator/generated-tape.ts'
import { chromiumPath, dashboardRig, launchBrowser, openPage } from '../support/dashboard-rig.ts'
import { planted, shortTiming } from '../support/feed-rig.ts'
import { frame, lineOf, recordsOf, withValues } from '../support/frames.ts'

const withBooks = { channels: ['trade', 'order-book'] }
const phone = { viewport: { width: 390, height: 844 }, isMobile: true }

/** A captured trade, at a price and a place of the day's volume of our choosing. */
function tradeAt(price: number, volume: number, cumulativeVolume: number): string {
  const [record = []] = recordsOf(lineOf('H0STCNT0.txt', 1))
  const values = { STCK_PRPR: String(price), CNTG_VOL: String(volume), ACML_VOL: String(cumulativeVolume) }
  return frame('H0STCNT0', withValues('H0STCNT0', record, { MKSC_SHRN_ISCD: '005930', ...values }))
}

describe.skipIf(chromiumPath === undefined)('the page (needs chromium on PATH)', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launchBrowser()
  })
  afterAll(() => browser.close())

  it('shows what the simulator sent, asks nobody else for anything, and has nothing to complain of', async () => {
    const rig = await dashboardRig(withBooks)
    const { page, complaints, elsewhere } = await openPage(browser, rig.dashboard.url)
    await rig.feed.confirmed('KRX:005930', 'order-book')
    const book = lineOf('H0STASP0.txt', 1)
    rig.simulator.send(tradeAt(271_500, 7, 1_007))
    rig.simulator.send(tradeAt(272_000, 12, 1_019))
    rig.simulator.send(book)

    await page.locator('#chosen-price', { hasText: '272,000' }).waitFor()
    expect(await page.locator('#tape tr').allInnerTexts()).toEqual([
      expect.stringMatching(/272,000\s+12/),
      expect.stringMatching(/271,500\s+7/),
    ])
    const event = await rig.until('order-book')
    const bids = await page.locator('#book tr.bid').allInnerTexts()
    const asks = await page.locator('#book tr.ask').allInnerTexts()
    const rowOf = ({ price, volume }: { price: number | null; volume: number | null }) =>
      `${volume?.toLocaleString('en-US')} ${price?.toLocaleString('en-US')}`
    expect(bids.map(text => text.replace(/\s+/, ' '))).toEqual(event.bids.map(rowOf))
    expect(asks.map(text => text.replace(/\s+/, ' '))).toEqual(event.asks.toReversed().map(rowOf))
    expect(recordsOf(book)[0]).toContain(String(event.bids[0]?.price))
    await page.locator('#verdict[data-level="good"]', { hasText: 'KR is live' }).waitFor()
    await page.locator('.state.active[data-state="session.subscribed.settled"]').first().waitFor()
    await page.locator('#slots', { hasText: '2 of 41' }).waitFor()
    expect(await page.locator('#subscriptions tbody tr').count()).toBe(2)
    expect(await page.locator('#candles canvas').count()).toBeGreaterThan(0)
    expect(complaints).toEqual([])
    expect(elsewhere).toEqual([])
  })

  it('shows a lost line while it lasts, why, and afterwards what is missing, to the share', async () => {
    const rig = await dashboardRig({ timing: { ...shortTiming, graceMs: 2_500 } })
    const { page } = await openPage(browser, rig.dashboard.url)
    await rig.feed.confirmed('KRX:005930')
    rig.simulator.send(tradeAt(271_500, 7, 1_007))
    await page.locator('#chosen-price', { hasText: '271,500' }).waitFor()
    rig.simulator.cut()
    await page.locator('#verdict[data-level="trouble"]', { hasText: 'KR lost the line' }).waitFor()
    await page.locator('.state.active[data-state="reconnecting"]').first().waitFor()
    await page.locator('#marks-list li[data-kind="outage"]', { hasText: 'line is down' }).waitFor()
    await page.locator('#steps li', { hasText: 'close code 1006' }).first().waitFor()
    await rig.until('resume')
    rig.simulator.send(tradeAt(272_000, 5, 1_512))
    await page.locator('#marks-list li[data-kind="gap"]', { hasText: '500 shares missing (line was down)' }).waitFor()
    await page.locator('#marks-list li[data-kind="outage"]', { hasText: /line down \d/ }).waitFor()
    await page.locator('#verdict[data-level="good"]', { hasText: '1 gaps' }).waitFor()
  })

  it('follows the line to the other market', async () => {
    const clock = clockStartingAt(Date.parse('2026-11-20T16:29:55+09:00'))
    const instruments = ['KRX:005930', 'NAS:AAPL']
    const rig = await dashboardRig({
      instruments,
      market: 'auto',
      clock,
      simulator: { clock, tape: generatedTape({ rate: 200 }) },
    })
    const { page } = await openPage(browser, rig.dashboard.url)
    await page.locator('.market[data-market="KR"][data-turn="true"]').waitFor()
    expect(await page.locator('#next-switch').innerText()).toMatch(/^US 16:30 KST · 02:30 New York/)
    await page.locator('.market[data-market="US"][data-turn="true"]').waitFor()
    await page.locator('#verdict', { hasText: 'US is live' }).waitFor()
    expect(await page.locator('#tab-US').getAttribute('aria-selected')).toBe('true')
    await page.locator('#next-switch', { hasText: 'KR 08:30 KST · 18:30 New York' }).waitFor()
    await page.locator('#steps').getByText('its turn on the line').first().waitFor()
    const price = await page.locator('#watch-list li', { hasText: 'AAPL' }).locator('.last').innerText()
    expect(Number(price)).toBeGreaterThan(0)
  })

  it('says when its own connection is gone, and comes back by itself', async () => {
    const rig = await dashboardRig()
    const { page } = await openPage(browser, rig.dashboard.url)
    await page.locator('#subscriptions tbody tr').first().waitFor()
    expect(await page.locator('#gone').isVisible()).toBe(false)
    await rig.dashboard.stop()
    await page.getByRole('alert').filter({ hasText: 'lost' }).waitFor()
    const again = await startDashboard({ feed: rig.feed, port: rig.dashboard.port })
    await page.locator('#gone').waitFor({ state: 'hidden' })
    rig.simulator.send(tradeAt(273_000, 1, 5_000))
    await page.locator('#chosen-price', { hasText: '273,000' }).waitFor()
    await again.stop()
  })

  it('keeps up with forty busy instruments without rebuilding a row, telling the page ten times a second', async () => {
    const instruments = Array.from({ length: 40 }, (_, index) => `KRX:${100_000 + index}`)
    const rig = await dashboardRig({ instruments, simulator: { tape: generatedTape({ rate: 4_000 }) } })
    const { page, complaints } = await openPage(browser, rig.dashboard.url)
    await page.locator('#verdict', { hasText: '40 flowing' }).waitFor()
    let told = 0
    page.on('websocket', socket => socket.on('framereceived', () => told++))
    await page.reload()
    await page.locator('#watch-list li .last', { hasText: /\d/ }).nth(39).waitFor()
    await page.evaluate(
      "document.querySelectorAll('#watch-list li').forEach(row => row.setAttribute('data-mine', 'yes'))",
    )
    const [before, toldBefore] = [rig.feed.counters().trade ?? 0, told]
    await expect.poll(() => rig.feed.counters().trade ?? 0, { timeout: 20_000 }).toBeGreaterThan(before + 6_000)
    expect(told - toldBefore).toBeLessThan(((rig.feed.counters().trade ?? 0) - before) / 20)
    expect(await page.locator('#watch-list li[data-mine="yes"]').count()).toBe(40)
    expect(complaints).toEqual([])
  })

  it('explains a refusal and what to do about it, in the language of the reader', async () => {
    const instruments = Array.from({ length: 42 }, (_, index) => `KRX:${100_000 + index}`)
    const rig = await dashboardRig({ instruments })
    const { page } = await openPage(browser, rig.dashboard.url)
    const refusal = page.locator('#refusals p')
    await refusal.filter({ hasText: 'OPSP0008 the session carries 41 subscriptions' }).waitFor()
    expect(await refusal.innerText()).toContain('KRX:100041 trade')
    await page.getByRole('button', { name: '한국어' }).click()
    await refusal.filter({ hasText: '다른 앱키를 사용하세요' }).waitFor()
    expect(await page.locator('html').getAttribute('lang')).toBe('ko')
    expect(await page.locator('#verdict').innerText()).toContain('1건 거부됨')
    await page.reload()
    await refusal.filter({ hasText: '다른 앱키를 사용하세요' }).waitFor()
  })

  it('is dark and light by the system or by choice, with words that can be read in both', async () => {
    const rig = await dashboardRig()
    for (const colorScheme of ['dark', 'light'] as const) {
      const { page } = await openPage(browser, rig.dashboard.url, { colorScheme })
      await page.locator('#subscriptions tbody tr').first().waitFor()
      const system = await tokensOf(page)
      expect(luminance(system['--ground'] ?? '') < 0.2).toBe(colorScheme === 'dark')
      for (const [ink, ground, least] of pairs) {
        const contrast = contrastOf(system[ink] ?? '', system[ground] ?? '')
        expect(contrast, `${ink} on ${ground} in ${colorScheme}`).toBeGreaterThanOrEqual(least)
      }
      await page.locator('#switch-theme').click()
      expect((await tokensOf(page))['--ground']).toBe('#f3f5f7')
      await page.locator('#switch-theme').click()
      expect((await tokensOf(page))['--ground']).toBe('#0b0e12')
    }
  })

  it('colours rising prices red as in Korea, and green for who is used to that', async () => {
    const rig = await dashboardRig()
    const { page } = await openPage(browser, rig.dashboard.url, { colorScheme: 'light' })
    await page.locator('#subscriptions tbody tr').first().waitFor()
    expect((await tokensOf(page))['--up']).toBe((await tokensOf(page))['--red'])
    await page.locator('#switch-colours').click()
    const { '--up': up, '--down': down, '--green': green, '--red': red } = await tokensOf(page)
    expect([up, down]).toEqual([green, red])
  })

  it.each([320, 390, 768, 900, 1440])('fits a window of %i pixels without scrolling sideways', async width => {
    const rig = await dashboardRig({ ...withBooks, simulator: { tape: generatedTape({ rate: 100 }) } })
    const { page } = await openPage(
      browser,
      rig.dashboard.url,
      width < 500 ? { ...phone, viewport: { width, height: 844 } } : { viewport: { width, height: 900 } },
    )
    await page.locator('#verdict[data-level="good"]').waitFor()
    await page.locator('#machine svg').waitFor()
    await page.locator('#book tr.bid').first().waitFor()
    expect(Number(await page.evaluate('document.documentElement.scrollWidth'))).toBeLessThanOrEqual(width)
  })

  it('can be used without a mouse', async () => {
    const rig = await dashboardRig({ instruments: ['KRX:005930', 'KRX:000660'] })
    const { page } = await openPage(browser, rig.dashboard.url)
    await page.locator('#watch-list li').nth(1).waitFor()
    await page.keyboard.press('Tab')
    expect(await page.evaluate('document.activeElement.className')).toBe('skip')
    for (let i = 0; i < 4; i++) await page.keyboard.press('Tab')
    expect(await page.evaluate('document.activeElement.id')).toBe('watch-list')
    await page.keyboard.press('ArrowDown')
    await page.locator('#chosen-name', { hasText: '000660' }).waitFor()
    expect(await page.getByRole('option', { selected: true }).innerText()).toContain('000660')
    await page.keyboard.press('Home')
    await page.locator('#chosen-name', { hasText: '005930' }).waitFor()
    await page.locator('#tab-KR').focus()
    await page.keyboard.press('ArrowRight')
    expect(await page.evaluate('document.activeElement.id')).toBe('tab-US')
    await page.locator('.state.active[data-state="market-switch"]').first().waitFor()
    await page.locator('#interval [data-interval="60"]').focus()
    await page.keyboard.press('Enter')
    expect(await page.locator('#interval [aria-checked="true"]').innerText()).toBe('1m')
  })

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
    const saved = await saving
    const file = await saved.path()
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

  it('shows no secret: not in the page, not in what it is told, not in a recording', async () => {
    const rig = await dashboardRig({
      ...withBooks,
      htsId: 'planted-hts-id',
      simulator: { tape: generatedTape({ rate: 200 }) },
      dashboard: { inspect: true },
    })
    const said: string[] = []
    const context = await browser.newContext({ locale: 'en-US' })
    const page = await context.newPage()
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

/** What must be readable on what: 4.5 to 1 for words, 3 for large ones. */
const pairs = [
  ['--ink', '--panel', 7],
  ['--dim', '--panel', 4.5],
  ['--dim', '--raised', 4.5],
  ['--red', '--panel', 4.5],
  ['--blue', '--panel', 4.5],
  ['--green', '--panel', 4],
  ['--accent', '--accent-soft', 4.5],
  ['--warn', '--warn-soft', 4.5],
  ['--on-accent', '--accent', 4.5],
] as const

const tokens = [...new Set(pairs.flatMap(([ink, ground]) => [ink, ground])), '--ground', '--up', '--down']

/** The colours in force, as the page itself would read them. Text, because only the browser knows a document. */
async function tokensOf(page: Page): Promise<Record<string, string>> {
  const read = `Object.fromEntries(${JSON.stringify(tokens)}.map(name => [name, getComputedStyle(document.documentElement).getPropertyValue(name).trim()]))`
  return (await page.evaluate(read)) as Record<string, string>
}

function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = (/^#(..)(..)(..)$/.exec(hex)?.slice(1) ?? []).map(part => {
    const value = Number.parseInt(part, 16) / 255
    return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrastOf(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].toSorted((a, b) => b - a)
  return (light + 0.05) / (dark + 0.05)
}
