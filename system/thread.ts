// Starts a thread from the module beside it, whether that is source or built.
import { Worker } from 'node:worker_threads'

/**
 * Megabytes of new objects that a thread collects before it clears them. With V8's default each thread grows
 * to 48 MB in steps, minutes after its start, for work that holds less than 8 MB at any moment.
 */
const maxYoungGenerationSizeMb = 8

/** `module`: without its ending, which is the one of this file. */
export function startThread(module: URL, name: string, workerData: unknown): Worker {
  const isSource = import.meta.url.endsWith('.ts')
  const file = new URL(`${module.href}${isSource ? '.ts' : '.js'}`)
  const execArgv = isSource ? typeScriptLoader() : []
  return new Worker(file, { name, workerData, execArgv, resourceLimits: { maxYoungGenerationSizeMb } })
}

/**
 * Under Node 20 a plain `--import tsx` does nothing in a worker thread; asking tsx to register there does.
 */
function typeScriptLoader(): string[] {
  const tsx = JSON.stringify(import.meta.resolve('tsx/esm/api'))
  return ['--import', `data:text/javascript,${encodeURIComponent(`import { register } from ${tsx}; register()`)}`]
}
