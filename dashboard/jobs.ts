// The job queues beside the page: how many jobs stand where, and Bull Board to look into them. Also whatever else is slow to ask for.
import type { HttpBindings } from '@hono/node-server'
import type { Queue } from 'bullmq'
import type { Hono } from 'hono'
import { exhaustMap, from, interval, startWith, Subscription } from 'rxjs'
import type { QueueView, ViewInput } from './view.ts'

const lookEveryMs = 2_000
const states = ['waiting', 'active', 'delayed', 'completed', 'failed'] as const

export type SlowParts = {
  readonly jobs?: { readonly queues: readonly Queue[] }
  readonly tokenIssuedAt?: () => Promise<number | undefined>
  readonly certificate?: () => Promise<unknown>
}

type Slow = Pick<ViewInput, 'queues' | 'tokenIssuedAt' | 'certificate'>

/** Asks for what takes a round trip every two seconds, and keeps the last answer; what fails is told as unknown. */
export function watchQueues({ jobs, tokenIssuedAt, certificate }: SlowParts) {
  let known: Slow = { queues: undefined, tokenIssuedAt: undefined, certificate: undefined }
  if (jobs === undefined && tokenIssuedAt === undefined && certificate === undefined) {
    return { look: () => known, subscription: Subscription.EMPTY }
  }

  async function ask(): Promise<Slow> {
    const [queues, issuedAt, latest] = await Promise.all([
      orUnknown(() => Promise.all((jobs?.queues ?? []).map(queueView))),
      orUnknown(async () => tokenIssuedAt?.()),
      orUnknown(async () => certificate?.()),
    ])
    return { queues: jobs === undefined ? undefined : queues, tokenIssuedAt: issuedAt, certificate: latest }
  }

  const subscription = interval(lookEveryMs)
    .pipe(
      startWith(0),
      exhaustMap(() => from(ask())),
    )
    .subscribe(answer => {
      known = answer
    })
  return { look: () => known, subscription }
}

async function queueView(queue: Queue): Promise<QueueView> {
  return { name: queue.name, counts: await queue.getJobCounts(...states) }
}

async function orUnknown<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask()
  } catch {
    return undefined
  }
}

/** Bull Board asks for a font elsewhere, which is not let out. */
const boardPolicy =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; base-uri 'self'; frame-ancestors 'none'"

export async function mountJobs(
  app: Hono<{ Bindings: HttpBindings }>,
  path: string,
  queues: readonly Queue[],
): Promise<true> {
  const [{ createBullBoard }, { BullMQAdapter }, { HonoAdapter }, { serveStatic }] = await Promise.all([
    import('@bull-board/api'),
    import('@bull-board/api/bullMQAdapter'),
    import('@bull-board/hono'),
    import('@hono/node-server/serve-static'),
  ])
  const adapter = new HonoAdapter(serveStatic).setBasePath(path)
  createBullBoard({ queues: queues.map(queue => new BullMQAdapter(queue)), serverAdapter: adapter })
  app.use(`${path}/*`, async (context, next) => {
    await next()
    context.header('Content-Security-Policy', boardPolicy)
  })
  app.route(path, adapter.registerPlugin())
  return true
}
