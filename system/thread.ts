// Starts a thread from the module beside it, whether that is source or built.
import { Worker } from 'node:worker_threads'

/** `module`: without its ending, which is the one of this file. */
export function startThread(module: URL, name: string, workerData: unknown): Worker {
  const isSource = import.meta.url.endsWith('.ts')
  const file = new URL(`${module.href}${isSource ? '.ts' : '.js'}`)
  return new Worker(file, { name, workerData, execArgv: isSource ? typeScriptLoader() : [] })
}

/**
 * Under Node 20 a plain `--import tsx` does nothing in a worker thread; asking tsx to register there does.
 */
function typeScriptLoader(): string[] {
  const tsx = JSON.stringify(import.meta.resolve('tsx/esm/api'))
  return ['--import', `data:text/javascript,${encodeURIComponent(`import { register } from ${tsx}; register()`)}`]
}
