// How the page looks, and that everybody can use it: dark and light, up and down, narrow and wide, without a
// mouse.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { generatedTape } from '../../simulator/tape/generated-tape.ts'
import { chromiumPath, connectToBrowser } from '../support/processes/browser.ts'
import { dashboardRig, openPage } from '../support/rigs/dashboard.ts'

const withBooks = { channels: ['trade', 'order-book'] }
const phone = { viewport: { width: 390, height: 844 }, isMobile: true }

describe.skipIf(chromiumPath === undefined)('the look of the page (needs chromium on PATH)', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await connectToBrowser()
  })
  afterAll(() => browser.close())

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

  it('colours rising prices red as in Korea, and green on request', async () => {
    const rig = await dashboardRig()
    const { page } = await openPage(browser, rig.dashboard.url, { colorScheme: 'light' })
    await page.locator('#subscriptions tbody tr').first().waitFor()
    expect((await tokensOf(page))['--up']).toBe((await tokensOf(page))['--red'])
    await page.locator('#switch-colours').click()
    const { '--up': up, '--down': down, '--green': green, '--red': red } = await tokensOf(page)
    expect([up, down]).toEqual([green, red])
  })

  it.each([320, 390, 768, 900, 1440])('fits a window of %i pixels without scrolling sideways', async width => {
    const rig = await dashboardRig({ ...withBooks, simulator: { tape: generatedTape({ rate: 20 }) } })
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
  ['--on-warn', '--warn-strong', 4.5],
  ['--refused', '--panel', 4.5],
  ['--refused', '--refused-soft', 4.5],
  ['--on-refused', '--refused', 4.5],
] as const

const tokens = [...new Set(pairs.flatMap(([ink, ground]) => [ink, ground])), '--ground', '--up', '--down']

/**
 * The colours in force, as the page itself would read them. Text, because only the browser knows a document.
 */
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
