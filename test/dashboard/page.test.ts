// What a reader sees, in a real browser, against what the simulator sent.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startDashboard } from '../../dashboard/server.ts'
import { systemClock } from '../../market/clock.ts'
import { generatedTape } from '../../simulator/tape/generated-tape.ts'
import { chromiumPath, connectToBrowser } from '../support/processes/browser.ts'
import { dashboardRig, openPage, withoutSilence } from '../support/rigs/dashboard.ts'
import { whenCaptured } from '../support/rigs/feed.ts'
import { frame, lineOf, recordsOf, withValues } from '../support/wire/frames.ts'

/** Captured frames are old news to a feed of today. */
const withBooks = () => ({ clock: whenCaptured(), channels: ['trade', 'order-book'] })

/** A captured trade, at a price and a place of the day's volume of our choosing. */
function tradeAt(price: number, volume: number, cumulativeVolume: number): string {
  const [record = []] = recordsOf(lineOf('H0STCNT0.txt', 1))
  const values = { STCK_PRPR: String(price), CNTG_VOL: String(volume), ACML_VOL: String(cumulativeVolume) }
  return frame('H0STCNT0', withValues('H0STCNT0', record, { MKSC_SHRN_ISCD: '005930', ...values }))
}

// A browser on a machine that does something else as well takes its time; nothing here waits for time on
// purpose.
describe.skipIf(chromiumPath === undefined)('the page (needs chromium on PATH)', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await connectToBrowser()
  })
  afterAll(() => browser.close())

  it('shows what the simulator sent, asks no other server for anything, and has no errors', async () => {
    const rig = await dashboardRig(withBooks())
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

  it('shows a lost line as long as it lasts, and why', async () => {
    const rig = await dashboardRig({ clock: whenCaptured(), timing: { ...withoutSilence, graceMs: 3_600_000 } })
    const { page } = await openPage(browser, rig.dashboard.url)
    await rig.feed.confirmed('KRX:005930')
    rig.simulator.send(tradeAt(271_500, 7, 1_007))
    await page.locator('#chosen-price', { hasText: '271,500' }).waitFor()
    rig.simulator.cut()
    await page.locator('#verdict[data-level="trouble"]', { hasText: 'KR lost the connection' }).waitFor()
    await page.locator('.state.active[data-state="reconnecting"]').first().waitFor()
    await page.locator('#marks-list li[data-kind="outage"]', { hasText: 'disconnected (close code 1006)' }).waitFor()
    await page.locator('#steps li', { hasText: 'close code 1006' }).first().waitFor()
    await page.locator('.market[data-market="KR"]', { hasText: 'tries again in 59 min' }).waitFor()
    expect(await page.locator('#chosen-price').evaluate(price => price.ownerDocument.body.className)).toBe('is-down')
  })

  it('shows afterwards what is missing, to the share, and where', async () => {
    const rig = await dashboardRig({ clock: whenCaptured() })
    const { page } = await openPage(browser, rig.dashboard.url)
    await rig.feed.confirmed('KRX:005930')
    rig.simulator.send(tradeAt(271_500, 7, 1_007))
    await page.locator('#chosen-price', { hasText: '271,500' }).waitFor()
    rig.simulator.cut()
    await rig.until('resume')
    rig.simulator.send(tradeAt(272_000, 5, 1_512))
    await page.locator('#marks-list li[data-kind="gap"]', { hasText: '500 shares missing (disconnected)' }).waitFor()
    await page.locator('#marks-list li[data-kind="outage"]', { hasText: /disconnected \d/ }).waitFor()
    await page.locator('#verdict[data-level="good"]', { hasText: 'gaps: 1' }).waitFor()
    expect(rig.of('gap')).toMatchObject([{ missingVolume: 500 }])

    const question = rig.feed.status().openGaps.find(({ instrument }) => instrument === 'KRX:005930')
    if (question === undefined) throw new Error('the feed has no open gap')
    const { eventTime } = rig.of('trade')[0] ?? {}
    const trade = { price: 271_600, bidPrice: null, askPrice: null, eventTime: eventTime ?? 0 }
    rig.internals.repair({
      question,
      runs: [{ fromVolume: 1_007, toVolume: 1_307, trades: [{ ...trade, volume: 300, cumulativeVolume: 1_307 }] }],
      explained: [],
      unknown: [{ fromVolume: 1_307, toVolume: 1_507, from: null, to: null }],
      evidence: ['as a test would have it'],
    })
    const became = '500 shares missing (disconnected): 300 came back, 200 remain unknown'
    await page.locator('#marks-list li[data-kind="gap"]', { hasText: became }).waitFor()
    await page
      .locator('#marks-summary', { hasText: 'gaps: 1 · 500 shares missing · 300 came back · 200 still missing' })
      .waitFor()
  })

  it('follows the line to the other market', async () => {
    let ahead = Date.parse('2026-11-20T16:29:00+09:00') - systemClock.now()
    const clock = { now: () => systemClock.now() + ahead }
    const rig = await dashboardRig({
      instruments: ['KRX:005930', 'NAS:AAPL'],
      market: 'auto',
      clock,
      simulator: { clock, tape: generatedTape({ rate: 50 }) },
    })
    const { page } = await openPage(browser, rig.dashboard.url)
    await page.locator('.market[data-market="KR"][data-turn="true"]').waitFor()
    expect(await page.locator('#next-switch').innerText()).toMatch(/^US 16:30 KST · 02:30 New York/)
    await page.locator('#verdict', { hasText: 'KR is live' }).waitFor()
    ahead += 60_000
    await page.locator('.market[data-market="US"][data-turn="true"]').waitFor()
    await page.locator('#verdict', { hasText: 'US is live' }).waitFor()
    expect(await page.locator('#tab-US').getAttribute('aria-selected')).toBe('true')
    await page.locator('#next-switch', { hasText: 'KR 08:30 KST · 18:30 New York' }).waitFor()
    await page.locator('#steps').getByText('its turn on the line').first().waitFor()
    const price = await page.locator('#watch-list li', { hasText: 'AAPL' }).locator('.last').innerText()
    expect(Number(price)).toBeGreaterThan(0)
    // The reader chose no instrument, so the page follows.
    await page.locator('#chosen-name', { hasText: 'NAS · AAPL' }).waitFor()
    await page.locator('#chosen-price.figure', { hasText: /^\d/ }).waitFor()
    expect(await page.locator('#watch-list li[data-old="true"]').allInnerTexts()).toEqual([
      expect.stringContaining('005930'),
    ])
  })

  it('says when its own connection is gone, and comes back by itself', async () => {
    const rig = await dashboardRig({ clock: whenCaptured() })
    const { page } = await openPage(browser, rig.dashboard.url)
    await page.locator('#subscriptions tbody tr').first().waitFor()
    await page.locator('#gone').waitFor({ state: 'hidden' })
    await rig.dashboard.stop()
    await page.getByRole('alert').filter({ hasText: 'lost' }).waitFor()
    const again = await startDashboard({ feed: rig.feed, internals: rig.internals, port: rig.dashboard.port })
    await page.locator('#gone').waitFor({ state: 'hidden' })
    rig.simulator.send(tradeAt(273_000, 1, 5_000))
    await page.locator('#chosen-price', { hasText: '273,000' }).waitFor()
    await again.stop()
  })

  it('keeps up with forty busy instruments without rebuilding a row, telling the page ten times a second', async () => {
    const instruments = Array.from({ length: 40 }, (_, index) => `KRX:${100_000 + index}`)
    const rig = await dashboardRig({ instruments, simulator: { tape: generatedTape({ rate: 1_000 }) } })
    const { page, complaints } = await openPage(browser, rig.dashboard.url)
    await page.locator('#verdict', { hasText: '40 flowing' }).waitFor()
    let received = 0
    page.on('websocket', socket => socket.on('framereceived', () => received++))
    await page.reload()
    await page.locator('#watch-list li .last', { hasText: /\d/ }).nth(39).waitFor()
    await page.evaluate(
      "document.querySelectorAll('#watch-list li').forEach(row => row.setAttribute('data-mine', 'yes'))",
    )
    const [before, receivedBefore] = [rig.feed.status().counts.events.trade ?? 0, received]
    await expect
      .poll(() => rig.feed.status().counts.events.trade ?? 0, { timeout: 120_000 })
      .toBeGreaterThan(before + 2_000)
    expect(received - receivedBefore).toBeLessThan(((rig.feed.status().counts.events.trade ?? 0) - before) / 20)
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
    await page.locator('#verdict[data-level="trouble"]', { hasText: '1건 거부됨' }).waitFor()
    // Red: of refusals alone, wherever they are shown.
    const red = await page.evaluate(`(() => {
      const probe = document.body.appendChild(document.createElement('i'))
      probe.style.color = 'var(--refused)'
      const color = getComputedStyle(probe).color
      probe.remove()
      return color
    })()`)
    expect(red).toMatch(/^rgb\((\d+), \d+, \d+\)$/)
    const colourOf = (selector: string, of: 'color' | 'backgroundColor') =>
      page.evaluate(`getComputedStyle(document.querySelector('${selector}')).${of}`)
    expect(await colourOf('#verdict', 'backgroundColor')).toBe(red)
    expect(await colourOf('#subscriptions .dot[data-flow="refused"]', 'backgroundColor')).toBe(red)
    expect(await colourOf('#subscription-counts [data-bad="refused"] dd', 'color')).toBe(red)
    expect(await colourOf('#refusals strong', 'color')).toBe(red)
    await page.reload()
    await refusal.filter({ hasText: '다른 앱키를 사용하세요' }).waitFor()
  })
})
