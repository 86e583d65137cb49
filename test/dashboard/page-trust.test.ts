// What the page says of two lines at once, of what a change is from, of the day certificate, and of what it
// cannot know.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { generatedTape } from '../../simulator/tape/generated-tape.ts'
import type { DayCertificate } from '../../workers/jobs/certificate.ts'
import { wholeCertificate } from '../support/certificates.ts'
import { chromiumPath, connectToBrowser } from '../support/processes/browser.ts'
import { dashboardRig, openPage, withoutSilence } from '../support/rigs/dashboard.ts'
import { whenCaptured } from '../support/rigs/feed.ts'
import { frame, lineOf, recordsOf, withValues } from '../support/wire/frames.ts'

const twoKeys = {
  usAppKey: 'an-app-key-of-the-us-market',
  usAppSecret: 'its-secret',
  market: 'auto',
  schedule: 'side-by-side',
  instruments: ['KRX:005930', 'KRX:000660', 'NAS:AAPL'],
  // A line that is cut stays down: each app key may connect once.
  timing: { ...withoutSilence, mostConnects: 1 },
} as const

const short = { gaps: 2, gapVolume: 700, repairedVolume: 550, unknownVolume: 150, minutesAgreeing: 388 }
const certificate: DayCertificate = {
  date: 20261120,
  madeAt: '2026-11-20T20:30:02.000+09:00',
  unreadableLines: 0,
  instruments: [wholeCertificate, { ...wholeCertificate, ...short, instrument: 'KRX:068270', verdict: 'incomplete' }],
}

describe.skipIf(chromiumPath === undefined)('the page, trusted (needs chromium on PATH)', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await connectToBrowser()
  })
  afterAll(() => browser.close())

  it('shows the slots, the limits and the state of each session where two lines are up side by side', async () => {
    const rig = await dashboardRig({ ...twoKeys, simulator: { tape: generatedTape({ rate: 200 }) } })
    const { page, complaints } = await openPage(browser, rig.dashboard.url)
    await page
      .locator('#verdict[data-level="good"]', { hasText: /KR is live · 2 flowing · US is live · 1 flowing/ })
      .waitFor()
    await page.locator('#slots', { hasText: 'KR 2 of 41 · US 1 of 41' }).waitFor()
    for (const [market, slots] of [
      ['KR', 2],
      ['US', 1],
    ] as const) {
      await expect.poll(() => page.locator(`.slots[data-market="${market}"] [data-flow="flowing"]`).count()).toBe(slots)
      expect(await page.locator(`.slots[data-market="${market}"] i`).count()).toBe(41)
    }
    expect(await page.locator('.market[data-turn="true"]').count()).toBe(2)
    const budgets = (await page.locator('.budget').allInnerTexts()).map(text => text.split('\n')[0])
    expect(budgets).toEqual([
      'KR · Connections left',
      'KR · Requests left',
      'US · Connections left',
      'US · Requests left',
    ])
    expect(await page.locator('#keys').innerText()).toMatch(/KR · Approval key\s+\d[\s\S]*US · Approval key\s+\d/)

    const overseas = rig.simulator.stats().requests.find(({ key }) => key.endsWith('AAPL'))
    rig.simulator.inject({ kind: 'cut', session: overseas?.session ?? 0 })
    await page
      .locator('#verdict[data-level="trouble"]', { hasText: /US lost the connection · reconnecting · KR is live/ })
      .waitFor()
    // The prices of the line that is down look old, those of the other do not, and no dot says that they
    // flow.
    await page.locator('#watch-list li[data-old="true"]', { hasText: 'AAPL' }).waitFor()
    expect(await page.locator('#watch-list li[data-old="true"]').count()).toBe(1)
    expect(await page.locator('#watch-list li', { hasText: 'AAPL' }).locator('.dot').getAttribute('data-flow')).toBe(
      'none',
    )
    expect(complaints).toEqual([])
  })

  it('shows the change from the previous close as KIS means it, and says in words what it is from', async () => {
    const rig = await dashboardRig({ clock: whenCaptured(), instruments: ['KRX:005930', 'KRX:000660'] })
    const { page } = await openPage(browser, rig.dashboard.url)
    await Promise.all(['KRX:005930', 'KRX:000660'].map(name => rig.feed.confirmed(name)))
    const [record = []] = recordsOf(lineOf('H0STCNT0.txt', 1))
    const send = (values: Readonly<Record<string, string>>) =>
      rig.simulator.send(frame('H0STCNT0', withValues('H0STCNT0', record, values)))
    const samsung = { MKSC_SHRN_ISCD: '005930', STCK_PRPR: '270000', STCK_OPRC: '275000' }
    send({ ...samsung, PRDY_VRSS_SIGN: '2', PRDY_VRSS: '2000' })
    await page.locator('#chosen-change', { hasText: '▲ 0.75% (+2,000)' }).waitFor()
    expect(await page.locator('#chosen-reference').innerText()).toBe('from prev. close')
    expect(await page.locator('#day-previous').innerText()).toBe('268,000')
    expect(await page.locator('#reference').innerText()).toBe('from prev. close')

    // Without a difference that can be read, the open has to do, and that is said.
    send({ MKSC_SHRN_ISCD: '000660', STCK_PRPR: '198000', STCK_OPRC: '200000', PRDY_VRSS: '' })
    const move = page.locator('#watch-list li', { hasText: '000660' }).locator('.move')
    await page.locator('#reference', { hasText: '* since open' }).waitFor()
    expect(await move.innerText()).toBe('▼ 1.00%*')
    await page.locator('#watch-list li', { hasText: '000660' }).click()
    await page.locator('#chosen-reference', { hasText: 'since open' }).waitFor()
    expect(await page.locator('#day-previous').innerText()).toBe('–')
    await page.getByRole('button', { name: '한국어' }).click()
    expect(await page.locator('#chosen-reference').innerText()).toBe('시가 대비')
  })

  it('lets no figure of one instrument stand beside the name of another', async () => {
    const rig = await dashboardRig({ clock: whenCaptured(), instruments: ['KRX:005930', 'KRX:000660'] })
    const { page } = await openPage(browser, rig.dashboard.url)
    await rig.feed.confirmed('KRX:005930')
    rig.simulator.send(lineOf('H0STCNT0.txt', 1))
    await page.locator('#day-high', { hasText: /\d/ }).waitFor()
    await page.locator('#watch-list li', { hasText: '000660' }).click()
    await page.locator('#chosen-name', { hasText: '000660' }).waitFor()
    expect(await page.locator('.day dd').allInnerTexts()).toEqual(['–', '–', '–', '–', '–', '–'])
    expect(await page.locator('#chosen-price').innerText()).toBe('–')
  })

  it('shows the day certificate as a table with its totals, and says so while there is none', async () => {
    let newest: DayCertificate | undefined
    const rig = await dashboardRig({ dashboard: { certificate: async () => newest } })
    const { page } = await openPage(browser, rig.dashboard.url)
    await page.locator('#certificate-empty', { hasText: 'None yet' }).waitFor()
    newest = certificate
    await page.locator('#certificate-of', { hasText: '2026-11-20 · made 2026-11-20 20:30 KST' }).waitFor()
    const cells = async (row: string) =>
      (await page.locator(`#certificate-table ${row} > *`).allInnerTexts()).map(text => text.trim())
    const head = [
      'Instrument',
      'Verdict',
      'Trades',
      'Volume',
      'Gaps',
      'Missing',
      'Late',
      'Repaired',
      'Explained',
      'Unknown',
    ]
    expect(await cells('thead tr')).toEqual([...head, 'Minutes agreeing'])
    expect(await cells('tbody tr:first-child')).toEqual([
      'KRX:068270',
      'incomplete',
      '120,000',
      '9,000,000',
      '2',
      '700',
      '0',
      '550',
      '0',
      '150',
      '388 / 390',
    ])
    expect(await cells('tfoot tr')).toEqual([
      'Total',
      '',
      '240,000',
      '18,000,000',
      '2',
      '700',
      '0',
      '550',
      '0',
      '150',
      '778 / 780',
    ])
    expect(await page.locator('#certificate-table [data-bad="true"]').allInnerTexts()).toEqual(
      expect.arrayContaining(['150', '388 / 390']),
    )
    expect(await page.locator('#certificate-empty').isVisible()).toBe(false)
  })

  it('shows that nothing is known once its own connection is gone', async () => {
    const rig = await dashboardRig({ simulator: { tape: generatedTape({ rate: 50 }) } })
    const { page } = await openPage(browser, rig.dashboard.url)
    await page.locator('#verdict[data-level="good"]').waitFor()
    await rig.dashboard.stop()
    await page.locator('#verdict[data-level="waiting"]', { hasText: 'Not known' }).waitFor()
    await page.getByRole('alert').filter({ hasText: 'The figures are from before' }).waitFor()
  })
})
