// What this program does about each kind of job: the processors, each given what it needs. One line for each queue.
import { createAuthorizedClient } from '../kis/authorized-client.ts'
import { createQuotations } from '../kis/quotations.ts'
import type { Calendar } from '../market/calendar.ts'
import type { Clock } from '../market/clock.ts'
import { validateGap } from '../workers/gap-validation.ts'
import { validateKeys } from '../workers/key-validation.ts'
import type { Processors } from '../workers/queues.ts'
import { refresh, refreshToken } from '../workers/token-refresh.ts'
import type { Access } from './access.ts'
import type { FeedSettings } from './settings.ts'

export type ProcessorParts = {
  readonly settings: FeedSettings
  readonly access: Access
  readonly clock: Clock
  readonly calendar: Calendar
}

export function createProcessors({ settings, access, clock, calendar }: ProcessorParts): Processors {
  const client = createAuthorizedClient({
    rest: access.rest,
    keys: settings,
    customerType: settings.customerType,
    tokens: access.tokens,
    limit: access.limit,
  })
  const quotations = createQuotations(client, clock)

  return {
    'gap-validation': (payload, context) => validateGap(payload, { quotations, clock, calendar }, context),
    'token-refresh': payload => refreshToken(payload, access.tokenRefresh),
    'key-validation': payload =>
      validateKeys(payload, {
        clock,
        calendar,
        watched: settings.instruments,
        proveApproval: () => access.issueApproval(),
        proveToken: async () => (await refresh(access.tokenRefresh)).outcome,
      }),
  }
}
