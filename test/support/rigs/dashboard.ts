// A dashboard over a feed over the simulator, and a real browser to look at it with.
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { onTestFinished } from 'vitest'
import type { FeedOptions } from '../../../app/feed/contract.ts'
import { type Dashboard, type DashboardOptions, startDashboard } from '../../../dashboard/server.ts'
import type { Simulator, SimulatorOptions } from '../../../simulator/server.ts'
import { type FeedRig, feedRig, shortTiming } from './feed.ts'

/** A browser on a loaded machine takes its time, and what is not sent meanwhile is no silence. */
export const withoutSilence = { ...shortTiming, quietMs: 3_600_000, silenceMs: 3_600_000 }

export type DashboardRig = FeedRig & { readonly dashboard: Dashboard }

export async function dashboardRig(
  options: Partial<FeedOptions> & {
    simulator?: SimulatorOptions
    running?: Simulator
    dashboard?: Partial<DashboardOptions>
  } = {},
): Promise<DashboardRig> {
  const { dashboard: dashboardOptions, ...feedOptions } = options
  const rig = await feedRig({ timing: withoutSilence, ...feedOptions })
  const { clock } = feedOptions
  const given = { ...(clock === undefined ? {} : { clock }), ...dashboardOptions }
  const dashboard = await startDashboard({ feed: rig.feed, internals: rig.internals, port: 0, ...given })
  onTestFinished(() => dashboard.stop())
  return { ...rig, dashboard }
}

export type OpenPage = { readonly page: Page; readonly complaints: string[]; readonly elsewhere: string[] }

/**
 * Opens the dashboard as a reader would. `complaints`: what the page threw or the browser refused.
 * `elsewhere`: what it asked others for.
 */
export async function openPage(browser: Browser, url: string, context: BrowserContextOptions = {}): Promise<OpenPage> {
  const page = await browser.newPage({ locale: 'en-US', timezoneId: 'America/New_York', ...context })
  page.setDefaultTimeout(200_000)
  onTestFinished(() => page.close())
  const complaints: string[] = []
  const elsewhere: string[] = []
  page.on('pageerror', error => complaints.push(String(error)))
  page.on('console', message => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  page.on('request', request => {
    if (!request.url().startsWith(url) && !/^(data|blob):/.test(request.url())) elsewhere.push(request.url())
  })
  await page.goto(url)
  return { page, complaints, elsewhere }
}
