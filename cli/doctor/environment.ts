// The machine: Node, the folder that is kept across restarts, and the file that holds the keys.
import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { version } from '../../app/operations/version.ts'
import type { Finding, Context } from './finding.ts'

const check = 'environment'

/** Below this the data folder may fill up within a day of recording. */
const leastFreeBytes = 1024 ** 3

export function examineEnvironment(context: Context): readonly Finding[] {
  return [nodeFinding(process.versions.node), folderFinding(context.dataFolder), ...fileFindings(context)]
}

export function nodeFinding(node: string): Finding {
  const [major = 0, minor = 0] = node.split('.').map(Number)
  const found = `kis-stream ${version} on Node ${node}, ${process.platform} ${process.arch}`
  if (major < 20 || (major === 20 && minor < 19)) {
    return { check, severity: 'error', found, remedy: 'Node 20.19 or newer is needed; 24 is recommended.' }
  }
  if (major % 2 === 1) return { check, severity: 'info', found: `${found}; odd versions of Node are short-lived` }
  return major > 20
    ? { check, severity: 'ok', found }
    : { check, severity: 'info', found: `${found}; Node 20 is past its end of life, 24 is recommended` }
}

function folderFinding(folder: string | undefined): Finding {
  if (folder === undefined) {
    return { check, severity: 'info', found: 'no data folder: a restart will not know what it missed' }
  }
  const place = resolve(folder)
  const existing = nearestExisting(place)
  try {
    accessSync(existing, constants.W_OK | constants.X_OK)
  } catch (error) {
    const remedy = `Let this user write there, or name another folder in KIS_DATA_FOLDER.`
    return { check, severity: 'error', found: `data folder ${place}: ${(error as Error).message}`, remedy }
  }
  const { bavail, bsize } = statfsSync(existing)
  const free = bavail * bsize
  const found = `data folder ${place}, ${(free / 1024 ** 3).toFixed(1)} GiB free`
  if (free >= leastFreeBytes) return { check, severity: 'ok', found }
  return { check, severity: 'warning', found, remedy: 'Make room, or name another folder in KIS_DATA_FOLDER.' }
}

function nearestExisting(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearestExisting(dirname(path))
}

/** Keys in a file that others may read are keys that others have. */
function fileFindings({ environment }: Context): Finding[] {
  const file = environment['KIS_ENV_FILE'] || '.env'
  if (process.platform === 'win32' || !existsSync(file)) return []
  const mode = statSync(file).mode & 0o777
  if (!statSync(file).isFile() || (mode & 0o077) === 0) return []
  const found = `${file} may be read by others (mode ${mode.toString(8)})`
  return [{ check, severity: 'warning', found, remedy: `chmod 600 ${file}` }]
}
