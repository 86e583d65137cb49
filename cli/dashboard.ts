// The dashboard beside `kis-stream run`: its settings, and what the terminal says about it.
import type { z } from 'zod'
import type { PageOptions } from '../app/service.ts'
import { commandSchema } from '../app/settings/setting-list.ts'
import { isLoopback } from '../dashboard/auth.ts'
import type { Dashboard } from '../dashboard/server.ts'
import { say } from './terminal/say.ts'

export const dashboardSettings = commandSchema
  .pick({ dashboard: true, dashboardPort: true, dashboardHost: true, dashboardToken: true, inspect: true })
  .superRefine(({ dashboard, dashboardHost, dashboardToken }, context) => {
    if (!dashboard || isLoopback(dashboardHost) || dashboardToken !== undefined) return
    const message = `'${dashboardHost}' can be reached from elsewhere, which needs a token: set KIS_DASHBOARD_TOKEN`
    context.addIssue({ code: 'custom', path: ['dashboardHost'], message })
  })

export type DashboardSettings = z.output<typeof dashboardSettings>

/** Undefined when it is turned off. */
export function pageOf(settings: DashboardSettings): PageOptions | undefined {
  const { dashboard, dashboardPort: port, dashboardHost: host, dashboardToken: token, inspect } = settings
  if (!dashboard) return undefined
  return { port, host, inspect, ...(token === undefined ? {} : { token }) }
}

export function sayWhere(dashboard: Dashboard | Error | undefined, settings: DashboardSettings): void {
  if (dashboard === undefined) return
  if (dashboard instanceof Error) return say(dashboard.message, 'error')
  const { dashboardPort: port, dashboardToken: token, inspect } = settings
  if (port !== 0 && dashboard.port !== port) {
    say(`Port ${port} is taken; the dashboard is on ${dashboard.port}.`, 'warn')
  }
  const howToEnter = token === undefined ? '' : ' (add ?token=… once)'
  say(`Dashboard: ${dashboard.url}${howToEnter}`)
  if (inspect) say(whereMachinesAre(dashboard))
}

function whereMachinesAre({ url, statelyUrl, statelyNeeds }: Dashboard): string {
  if (statelyNeeds !== undefined) return `Machines are recorded for the inspector on ${url}; ${statelyNeeds}`
  return statelyUrl === undefined
    ? `Machines are recorded for the inspector on ${url}; the Stately inspector is for this machine alone, so it has none here.`
    : `Machines in the Stately inspector: ${statelyUrl}`
}
