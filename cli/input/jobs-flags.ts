// What `run`, `worker` and `job` are told about the work plane: where Redis is, and who does the work.
import { z } from 'zod'

const where = ['here', 'elsewhere', 'off'] as const

export const jobsSettings = z.object({
  /** Flag: --no-jobs is false. */
  jobs: z
    .union([z.literal(false).transform(() => 'off' as const), z.enum(where)], {
      error: issue => `'${String(issue.input)}'; expected ${where.join(', ')}`,
    })
    .default('here'),
  redisUrl: z.string().optional(),
  dataFolder: z.string({ error: 'needs a folder, or off' }).default('.kis-stream'),
})

/** `off` keeps nothing, so a Redis of our own has no place to be. */
export function folderOf(dataFolder: string): string | undefined {
  return dataFolder === 'off' ? undefined : dataFolder
}
