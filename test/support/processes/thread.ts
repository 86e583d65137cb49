// Stands in for system/thread.ts in tests (vitest.config.ts): the thread starts from JavaScript, in an eighth
// of the time that tsx takes for it.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { bundledThread } from './bundled.ts'

export function startThread(module: URL, name: string, workerData: unknown): Worker {
  const source = fileURLToPath(`${module.href}.ts`)
  const file = existsSync(source) ? bundledThread(source) : source
  return new Worker(file, { name, workerData, execArgv: [], resourceLimits: { maxYoungGenerationSizeMb: 8 } })
}
