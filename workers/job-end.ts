// Waits for a job to end. Redis tells of it as it happens, but not to those who were not listening yet, and a
// worker elsewhere may be done with a job before we are: so its outcome is looked for.
import type { JobOutcome, QueueHandles } from './queue-handles.ts'
import type { QueueName } from './queues.ts'

export type JobEnd<Q extends QueueName> = Exclude<JobOutcome<Q>, { readonly state: 'waiting' }>

const lookEveryMs = 200
/** Redis may begin anew meanwhile, and takes some seconds for it. */
const mostFailures = 50

/** Rejects when Redis stays away. */
export async function endOf<Q extends QueueName>(
  queues: Pick<QueueHandles, 'outcomeOf'>,
  queue: Q,
  id: string,
): Promise<JobEnd<Q>> {
  for (let failures = 0; ; ) {
    try {
      const outcome = await queues.outcomeOf(queue, id)
      if (outcome.state !== 'waiting') return outcome
      failures = 0
    } catch (error) {
      if (++failures > mostFailures) throw error
    }
    await new Promise(resolve => setTimeout(resolve, lookEveryMs))
  }
}
