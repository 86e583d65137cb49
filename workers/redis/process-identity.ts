// The identity of this process, which another process can check: a pid alone is used again, and in containers
// every pid is 1.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

export type ProcessIdentity = {
  readonly host: string
  readonly pid: number
  /**
   * Differs between two processes with the same pid, also after a restart of the machine. Empty where the
   * system does not show it.
   */
  readonly start: string
  /** Processes of another pid space cannot be looked up by their pid. Empty where there is only one. */
  readonly pidSpace: string
}

export function thisProcess(): ProcessIdentity {
  return { host: hostname(), pid: process.pid, start: startOf(process.pid) ?? '', pidSpace: pidSpaceOf() }
}

/**
 * `start` of a process of this host, empty when it lives and its start cannot be read, undefined when there
 * is no such process.
 */
export function startOf(pid: number): string | undefined {
  if (!isAlive(pid)) return undefined
  return process.platform === 'linux' ? linuxStart(pid) : listedStart(pid)
}

function isAlive(pid: number): boolean {
  if (!(Number.isInteger(pid) && pid > 0)) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Fields of /proc/PID/stat after the name of the program, which may itself have spaces and brackets. */
const stateField = 0
const startField = 19

function linuxStart(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    // A zombie has ended, although its parent has not collected it yet. In a container without an init, none
    // does.
    if (/^[ZX]/.test(fields[stateField] ?? '')) return undefined
    return `${bootOf()} ${fields[startField]}`
  } catch {
    // It ended just now, or /proc hides the processes of other users.
    return isAlive(pid) ? '' : undefined
  }
}

/** Of the machine since its start; shortened, because it is only compared. */
function bootOf(): string {
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  return createHash('sha256').update(boot).digest('hex').slice(0, 12)
}

function listedStart(pid: number): string {
  try {
    // The same text in every process, whatever its language and time zone.
    const env = { LC_ALL: 'C', TZ: 'UTC', PATH: '/bin:/usr/bin' }
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { env, encoding: 'utf8', timeout: 2_000 }).trim()
  } catch {
    return ''
  }
}

function pidSpaceOf(): string {
  try {
    return readlinkSync('/proc/self/ns/pid')
  } catch {
    return ''
  }
}
