// The job queues beside the page: how many jobs are in which state, and Bull Board. Also everything else that
// takes a round trip.
import type { HttpBindings } from '@hono/node-server'
import type { Queue } from 'bullmq'
import type { Hono } from 'hono'
import { exhaustMap, from, interval, startWith, Subscription } from 'rxjs'
import type { SharedLimits } from '../app/jobs/shared-access.ts'
import { missingPackage } from '../system/optional-package.ts'
import type { QueueView, ViewInput } from './view.ts'

const lookEveryMs = 2_000
const states = ['waiting', 'active', 'delayed', 'completed', 'failed'] as const

export type Jobs = {
  readonly queues: readonly Queue[]
  /** By queue, the JSON Schema of a job's data, for adding one by hand. */
  readonly payloadSchemas?: Readonly<Record<string, Record<string, unknown>>>
}

export type SlowParts = {
  readonly jobs?: Jobs
  readonly tokenIssuedAt?: () => Promise<number | undefined>
  readonly sharedLimits?: () => Promise<SharedLimits>
  readonly certificate?: () => Promise<unknown>
}

type Slow = Pick<ViewInput, 'queues' | 'tokenIssuedAt' | 'sharedLimits' | 'certificate'>

/** Asks for what takes a round trip every two seconds, and keeps the last answer; what fails is unknown. */
export function watchQueues({ jobs, tokenIssuedAt, sharedLimits, certificate }: SlowParts) {
  let known: Slow = { queues: undefined, tokenIssuedAt: undefined, sharedLimits: undefined, certificate: undefined }
  if ([jobs, tokenIssuedAt, sharedLimits, certificate].every(part => part === undefined)) {
    return { look: () => known, subscription: Subscription.EMPTY }
  }

  async function ask(): Promise<Slow> {
    const [queues, issuedAt, limits, latest] = await Promise.all([
      orUnknown(() => Promise.all((jobs?.queues ?? []).map(queueView))),
      orUnknown(async () => tokenIssuedAt?.()),
      orUnknown(async () => sharedLimits?.()),
      orUnknown(async () => certificate?.()),
    ])
    return {
      queues: jobs === undefined ? undefined : queues,
      tokenIssuedAt: issuedAt,
      sharedLimits: limits,
      certificate: latest,
    }
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

/**
 * What the page may do to jobs: add one, try a failed one again, promote one that waits. Everything else in
 * Bull Board (emptying, removing, pausing, another pace) would lose work, and is refused.
 */
const changes: readonly (readonly [method: string, path: RegExp])[] = [
  ['POST', /^\/jobs\/api\/queues\/[\w-]+\/add$/],
  ['PUT', /^\/jobs\/api\/queues\/[\w-]+\/(?:[\w.:-]+\/retry|retry\/failed)$/],
  ['PUT', /^\/jobs\/api\/queues\/[\w-]+\/(?:[\w.:-]+\/)?promote$/],
]

export function isJobChange(method: string, path: string): boolean {
  return changes.some(([verb, pattern]) => verb === method && pattern.test(path))
}

/** Bull Board asks for a font elsewhere, which this forbids. */
const boardPolicy =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; base-uri 'self'; frame-ancestors 'none'"

export async function mountJobs(
  app: Hono<{ Bindings: HttpBindings }>,
  path: string,
  { queues, payloadSchemas }: Jobs,
  mayChange: boolean,
): Promise<true> {
  const loaded = await loadBoard()
  if (typeof loaded === 'string') {
    app.get(path, context => context.text(`${loaded}\n`, 501))
    return true
  }
  const [{ createBullBoard }, { BullMQAdapter }, { HonoAdapter }, { serveStatic }] = loaded
  const adapter = new HonoAdapter(serveStatic).setBasePath(path)
  const shown = queues.map(queue => {
    const jobDataSchema = payloadSchemas?.[queue.name]
    return new BullMQAdapter(queue, { readOnlyMode: !mayChange, ...(jobDataSchema && { jobDataSchema }) })
  })
  createBullBoard({ queues: shown, serverAdapter: adapter })
  app.get(`${path}/`, context => context.redirect(path))
  app.use(`${path}/*`, async (context, next) => {
    await next()
    context.header('Content-Security-Policy', boardPolicy)
  })
  app.route(path, adapter.registerPlugin())
  return true
}

/** Or the sentence that says what to install. */
async function loadBoard() {
  try {
    return await Promise.all([
      import('@bull-board/api'),
      import('@bull-board/api/bullMQAdapter'),
      import('@bull-board/hono'),
      import('@hono/node-server/serve-static'),
    ])
  } catch (error) {
    const packages = ['@bull-board/api', '@bull-board/hono', '@bull-board/ui'] as const
    const missing = missingPackage(error, 'the page of the jobs', packages)
    if (missing === undefined) throw error
    return missing
  }
}
