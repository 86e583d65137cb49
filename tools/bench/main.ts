// `npm run bench`: everything, or the parts that are named; `--quick` for shorter rounds; `--against FOLDER`
// compares another checkout with this one. Always ends well unless something crashed: ratios on a busy
// machine are there to be read, not to fail a build.
import { parseArgs } from 'node:util'
import { fileURLToPath } from 'node:url'
import { against } from './against/against.ts'
import { start } from './children.ts'
import { decode } from './decode/decode.ts'
import { exporting } from './recording/export.ts'
import { hops } from './pipelines/hops.ts'
import { instruments } from './socket/instruments.ts'
import { latency } from './socket/latency.ts'
import { type Effort, fullEffort, quickEffort } from './measure.ts'
import { print, printTarget, type Target } from './report.ts'
import { recorder } from './socket/recorder.ts'
import { lines } from './lines.ts'
import { replay } from './recording/replay.ts'
import { socket } from './socket/socket.ts'

type Part = (effort: Effort) => Promise<Target[]>

const parts: Readonly<Record<string, Part>> = {
  decode,
  lines,
  socket,
  latency,
  instruments,
  hops,
  recorder,
  replay,
  export: exporting,
}

const { values: flags, positionals: named } = readWords()
const effort = flags.quick ? quickEffort : fullEffort
const unknown = named.filter(word => !(word in parts))

if (unknown.length > 0) {
  refuse(`unknown ${unknown.join(' ')}`)
} else if (flags.alone) {
  for (const name of named) process.send?.(await parts[name]?.(effort))
  process.disconnect()
} else {
  print(`kis-stream benchmarks, Node ${process.versions.node}, ${flags.quick ? 'short' : 'full'} rounds`)
  const targets =
    flags.against === undefined
      ? await runAll(named.length > 0 ? named : Object.keys(parts))
      : await against(flags.against, effort)
  print(`\nTargets met: ${targets.filter(({ isMet }) => isMet).length} of ${targets.length}`)
  for (const target of targets) printTarget(target)
}

function readWords() {
  try {
    const options = { quick: { type: 'boolean' }, alone: { type: 'boolean' }, against: { type: 'string' } } as const
    return parseArgs({ allowPositionals: true, options })
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error))
  }
}

function refuse(problem: string): never {
  const names = Object.keys(parts).join(', ')
  process.stderr.write(`bench: ${problem}; expected any of ${names}, --quick, --against FOLDER\n`)
  process.exit(2)
}

async function runAll(names: readonly string[]): Promise<Target[]> {
  const targets: Target[] = []
  for (const name of names) targets.push(...(await inItsOwnProcess(name)))
  return targets
}

/** What the engine learnt from one part would change the figures of the next. */
function inItsOwnProcess(name: string): Promise<Target[]> {
  const child = start(fileURLToPath(import.meta.url), ['--alone', name, ...(flags.quick ? ['--quick'] : [])])
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
