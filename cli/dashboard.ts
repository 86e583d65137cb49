// The dashboard beside `kis-stream run`: its settings, and the line that says where it is.
import { z } from 'zod'
import type { Feed } from '../app/feed/contract.ts'
import { numberSetting } from '../app/settings/number-setting.ts'
import { type Dashboard, type DashboardOptions, startDashboard } from '../dashboard/server.ts'
import { isLoopback } from '../dashboard/auth.ts'
import { onOrOff } from './input/on-or-off.ts'
import { say } from './terminal/say.ts'

export const defaultDashboardPort = 8710

/** Short enough to type, long enough not to be guessed over a network. */
const shortestToken = 16

export const dashboardSettings = z
  .object({
    dashboard: onOrOff.default(true),
    dashboardPort: numberSetting({ expected: 'a port', least: 0, most: 65_535 }).default(defaultDashboardPort),
    dashboardHost: z.string({ error: 'needs an address, as 127.0.0.1' }).trim().min(1).default('127.0.0.1'),
    dashboardToken: z
      .string()
      .min(shortestToken, { error: `is too short; expected ${shortestToken} characters or more` })
      .optional(),
    inspect: onOrOff.default(false),
  })
  .superRefine((told, context) => {
    if (!told.dashboard || isLoopback(told.dashboardHost) || told.dashboardToken !== undefined) return
    const message = `'${told.dashboardHost}' can be reached from elsewhere, which needs a token: set KIS_DASHBOARD_TOKEN`
    context.addIssue({ code: 'custom', path: ['dashboardHost'], message })
  })

export type DashboardSettings = z.output<typeof dashboardSettings>

/** Undefined when it is turned off, or cannot be had: a feed does not stop for its page. */
export async function openDashboard(
  feed: Feed,
  settings: DashboardSettings,
  parts: Partial<DashboardOptions> = {},
): Promise<Dashboard | undefined> {
  if (!settings.dashboard) return undefined
  const { dashboardPort: port, dashboardHost: host, dashboardToken: token, inspect } = settings
  try {
    const dashboard = await startDashboard({
      feed,
      port,
      host,
      inspect,
      ...(token === undefined ? {} : { token }),
      ...parts,
    })
    if (port !== 0 && dashboard.port !== port) {
      say(`Port ${port} is taken; the dashboard is on ${dashboard.port}.`, 'warn')
    }
    const howToEnter = token === undefined ? '' : ' (add ?token=… once)'
    say(`Dashboard: ${dashboard.url}${howToEnter}`)
    if (inspect) say(whereMachinesAre(dashboard))
    return dashboard
  } catch (error) {
    say((error as Error).message, 'error')
    return undefined
  }
}

function whereMachinesAre({ url, statelyUrl }: Dashboard): string {
  return statelyUrl === undefined
    ? `Machines are recorded for the inspector on ${url}; the Stately inspector is for this machine alone, so it has none here.`
    : `Machines in the Stately inspector: ${statelyUrl}`
}
