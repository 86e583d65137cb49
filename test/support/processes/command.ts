// The `kis-stream` command as a process of its own.
import { type ChildProcess, spawn } from 'node:child_process'
import { devNull } from 'node:os'
import { join } from 'node:path'
import { ensureCompiled, root } from './compile.ts'

const program = join(await ensureCompiled(), 'cli/main.js')

export type Finished = { readonly code: number | null; readonly out: string; readonly err: string }

export type Running = {
  readonly process: ChildProcess
  readonly finished: Promise<Finished>
  /** Resolves when what was printed so far fits. */
  printed(fits: (out: string, err: string) => boolean): Promise<void>
}

/**
 * Starts the command with nothing in its environment but what is given; the checkout's own .env is none of a
 * test's business.
 */
export function startCommand(args: readonly string[], environment: Record<string, string> = {}, input = ''): Running {
  const child = spawn(process.execPath, [program, ...args], {
    cwd: root,
    env: {
      PATH: process.env['PATH'],
      KIS_ENV_FILE: devNull,
      KIS_DATA_FOLDER: 'off',
      KIS_DASHBOARD: 'off',
      ...environment,
    },
  })
  let out = ''
  let err = ''
  const watchers = new Set<() => void>()
  const look = () => {
    for (const watch of watchers) watch()
  }
  child.stdout.on('data', chunk => {
    out += chunk
    look()
  })
  child.stderr.on('data', chunk => {
    err += chunk
    look()
  })
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  const finished = new Promise<Finished>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', code => resolve({ code, out, err }))
  })
  return {
    process: child,
    finished,
    printed: fits =>
      new Promise((resolve, reject) => {
        const watch = () => {
          if (!fits(out, err)) return
          watchers.delete(watch)
          resolve()
        }
        watchers.add(watch)
        void finished.then(() =>
          reject(new Error(`the command ended before it printed what was expected:\n${out}\n${err}`)),
        )
        watch()
      }),
  }
}

export function runCommand(...of: Parameters<typeof startCommand>): Promise<Finished> {
  return startCommand(...of).finished
}

/** The messages on standard error, one a line. Throws unless every whole line is one of the log. */
export function saidIn(err: string): string {
  const whole = err.slice(0, err.lastIndexOf('\n') + 1)
  return jsonLinesOf(whole)
    .map(({ level, time, msg }) => {
      if (typeof level !== 'number' || typeof time !== 'number') throw new Error(`no line of the log: ${String(msg)}`)
      return String(msg)
    })
    .join('\n')
}

export const jsonLinesOf = (text: string): Record<string, unknown>[] =>
  text
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as Record<string, unknown>)
