// The dashboard beside `kis-stream run`: its settings, and the line that says where it is.
import type { z } from 'zod'
import type { OpenedFeed } from '../app/feed/contract.ts'
import { commandSchema } from '../app/settings/setting-list.ts'
import { type Dashboard, type DashboardOptions, startDashboard } from '../dashboard/server.ts'
import { isLoopback } from '../dashboard/auth.ts'
import { say } from './terminal/say.ts'

export const dashboardSettings = commandSchema
  .pick({ dashboard: true, dashboardPort: true, dashboardHost: true, dashboardToken: true, inspect: true })
  .superRefine(({ dashboard, dashboardHost, dashboardToken }, context) => {
    if (!dashboard || isLoopback(dashboardHost) || dashboardToken !== undefined) return
    const message = `'${dashboardHost}' can be reached from elsewhere, which needs a token: set KIS_DASHBOARD_TOKEN`
    context.addIssue({ code: 'custom', path: ['dashboardHost'], message })
  })

export type DashboardSettings = z.output<typeof dashboardSettings>

/** Undefined when it is turned off, or cannot be had: a feed does not stop for its page. */
export async function openDashboard(
  { feed, internals }: OpenedFeed,
  settings: DashboardSettings,
  parts: Partial<DashboardOptions> = {},
): Promise<Dashboard | undefined> {
  if (!settings.dashboard) return undefined
  const { dashboardPort: port, dashboardHost: host, dashboardToken: token, inspect } = settings
  try {
    const dashboard = await startDashboard({
      feed,
      internals,
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
