// `npm run bench`: everything, or the parts that are named; `--quick` for shorter rounds. Always ends well
// unless something crashed: ratios on a busy machine are there to be read, not to fail a build.
import { fileURLToPath } from 'node:url'
import { start } from './children.ts'
import { decode } from './decode/decode.ts'
import { exporting } from './recording/export.ts'
import { hops } from './pipelines/hops.ts'
import { instruments } from './socket/instruments.ts'
import { latency } from './socket/latency.ts'
import { type Effort, fullEffort, quickEffort } from './measure.ts'
import { print, printTarget, type Target } from './report.ts'
import { recorder } from './socket/recorder.ts'
import { replay } from './recording/replay.ts'
import { socket } from './socket/socket.ts'

type Part = (effort: Effort) => Promise<Target[]>

const parts: Readonly<Record<string, Part>> = {
  decode,
  socket,
  latency,
  instruments,
  hops,
  recorder,
  replay,
  export: exporting,
}

/** What a child process is given in front of the name of its part. */
const alone = '--alone'

const words = process.argv.slice(2)
const isQuick = words.includes('--quick')
const named = words.filter(word => !word.startsWith('--'))
const unknown = words.filter(word => (word.startsWith('--') ? !['--quick', alone].includes(word) : !(word in parts)))

if (unknown.length > 0) {
  process.stderr.write(
    `bench: unknown ${unknown.join(' ')}; expected any of ${Object.keys(parts).join(', ')}, --quick\n`,
  )
  process.exitCode = 2
} else if (words.includes(alone)) {
  for (const name of named) process.send?.(await parts[name]?.(isQuick ? quickEffort : fullEffort))
  process.disconnect()
} else {
  await runAll(named.length > 0 ? named : Object.keys(parts))
}

async function runAll(names: readonly string[]): Promise<void> {
  print(`kis-stream benchmarks, Node ${process.versions.node}, ${isQuick ? 'short' : 'full'} rounds`)
  const targets: Target[] = []
  for (const name of names) targets.push(...(await inItsOwnProcess(name)))
  print(`\nTargets met: ${targets.filter(({ isMet }) => isMet).length} of ${targets.length}`)
  for (const target of targets) printTarget(target)
}

/** What the engine learnt from one part would change the figures of the next. */
function inItsOwnProcess(name: string): Promise<Target[]> {
  const child = start(fileURLToPath(import.meta.url), [alone, name, ...(isQuick ? ['--quick'] : [])])
  return new Promise((resolve, reject) => {
    let targets: Target[] | undefined
    child.on('message', sent => {
      targets = sent as Target[] // what the branch for `alone` sends
    })
    child.on('exit', code => {
      if (targets !== undefined && code === 0) return resolve(targets)
      reject(new Error(`the part ${name} ended with code ${code}`))
    })
  })
}
