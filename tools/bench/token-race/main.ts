// `npm run token-race -- --runs 100 --processes 32`: races for a token against the simulator, each with new
// processes. Ends with code 1 unless every single one made KIS issue exactly one token.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { systemClock } from '../../../market/clock.ts'
import { startSimulator } from '../../../simulator/server.ts'
import { capturedTape } from '../../../simulator/tape/tape.ts'
import { findServerProgram, joinPrivateServer } from '../../../workers/redis/private-server.ts'
import { race } from './race.ts'
import { print } from '../report.ts'

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '100' }, processes: { type: 'string', default: '32' } },
})
const runs = Number(values.runs)
const processes = Number(values.processes)

const program = await findServerProgram()
if (program === undefined) throw new Error('the race needs a Redis that processes share: install redis-server')
const folder = mkdtempSync(join(tmpdir(), 'kis-stream-race-'))
const server = await joinPrivateServer({ folder, program, clock: systemClock })
const simulator = await startSimulator({ tape: capturedTape([]) })
const common = { redisUrl: `unix://${server.path}`, simulator, processes, child: compiledChild() }

const times: number[] = []
let failures = 0
for (let run = 1; run <= runs; run++) {
  const result = await race({ ...common, appKey: `race-${run}` })
  const isGood = result.issued === 1 && result.tooMany === 0 && result.tokens === 1
  if (!isGood) failures++
  times.push(result.ms)
  if (!isGood || run % 10 === 0) print(`run ${run}: ${JSON.stringify(result)}`)
}
times.sort((a, b) => a - b)
const at = (share: number) => Math.round(times[Math.min(runs - 1, Math.floor(runs * share))] ?? 0)
print(
  `${runs} runs of ${processes} processes: ${runs - failures} with exactly one issue; all had the token after p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`,
)

const killed = await race({ ...common, appKey: 'killed', killHolder: true })
print(`holder killed with the lock: the others had a token after ${Math.round(killed.ms)} ms; ${killed.issued} issued`)

await simulator.stop()
await server.leave()
// A private server writes on stopping, and is not waited for. Not rmSync: it repeats only its last step.
await rm(folder, { recursive: true, force: true, maxRetries: 20 })
process.exitCode = failures === 0 && killed.issued === 1 ? 0 : 1

/** Compiled once, because thousands of processes would each spend a second of two cores on it. */
function compiledChild(): string {
  const root = fileURLToPath(new URL('../../..', import.meta.url))
  const out = join(root, 'dist/token-race')
  mkdirSync(out, { recursive: true })
  const options = { outDir: '.', rootDir: '../..', declaration: false, sourceMap: false }
  const project = {
    extends: '../../tsconfig.json',
    compilerOptions: options,
    files: ['../../tools/bench/token-race/child.ts'],
  }
  writeFileSync(join(out, 'tsconfig.json'), JSON.stringify(project))
  execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', out], { stdio: 'inherit' })
  return join(out, 'tools/bench/token-race/child.js')
}
