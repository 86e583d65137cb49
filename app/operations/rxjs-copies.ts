// Two copies of rxjs in one program: what one makes is not an Observable to the other, which shows late and
// far away. Looked for when a feed is made, by folders alone.
import { fileURLToPath } from 'node:url'
import { packageFolder, packageVersion } from '../../system/package-folder.ts'
import type { Logger } from '../observe/log.ts'

/** In the log, or without one as a warning of the process. */
export function warnOfTwoCopies(log: Logger | undefined): void {
  const copies = twoCopiesOfRxjs()
  if (copies === undefined) return
  if (log === undefined) process.emitWarning(copies)
  else log.warn({}, copies)
}

/** A sentence where the program and kis-stream have different copies. `program`: its first module. */
export function twoCopiesOfRxjs(
  program: string = process.argv[1] ?? '',
  own: string = fileURLToPath(import.meta.url),
): string | undefined {
  const [theirs, ours] = [program, own].map(module => packageFolder('rxjs', module))
  if (theirs === undefined || ours === undefined || theirs === ours) return undefined
  return `there are two copies of rxjs: ${packageVersion(theirs)} in ${theirs} for the program, and ${packageVersion(ours)} in ${ours} for kis-stream. What one makes, the other may not take for an Observable. Depend on one version that both accept, and run npm dedupe.`
}
