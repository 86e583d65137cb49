// Waits for a job to end. Its outcome is polled: an event of Redis is lost when the
// job ends before this process listens.
import type { JobEnd, QueueHandles } from './queue-handles.ts'
import type { QueueName } from './queues.ts'

const lookEveryMs = 200
/** Redis may restart meanwhile, which takes some seconds. */
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
