// `npm run chaos -- --hostile`: every way to behave badly that we know, the simulator's faults included, each
// against a process of its own. `--quick` plays a few, `--only WORD` some.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { atMost, figure, print, printTable, printTarget } from '../../bench/report.ts'
import { systemClock } from '../../../market/clock.ts'
import { faultKinds, forms } from '../../../simulator/faults/form.ts'
import { readFaultScript } from '../../../simulator/faults/script.ts'
import { generatedTape } from '../../../simulator/tape/generated-tape.ts'
import { startSimulator } from '../../../simulator/server.ts'
import { misbehaviours } from './misbehaviours.ts'
import { endBoundMs, memoryBoundMegabytes, play, type Played } from './play.ts'
import { type StandIn, startStandIn } from './stand-in.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))

export type HostileRun = { readonly only: string | undefined; readonly isQuick: boolean; readonly atOnce: number }

type Scenario = { readonly name: string; readonly start: () => Promise<StandIn> }

const playMs = 5_000
const quickMs = 2_000
/** One of each kind of trouble, for continuous integration. */
const quick = [
  'approval: a byte each 300 ms, for ever',
  'approval: refused, the whole request in every field',
  'quotations: refused, the whole request in every field',
  'handshake: a header without end',
  'PINGPONG: a flood, and what comes back is never read',
  'answer: escape sequences and forged lines',
  'data: secrets in the columns of a record',
  'data: a hundred thousand columns',
]

/** True when every scenario went well. */
export async function playHostile({ only = '', isQuick, atOnce }: HostileRun): Promise<boolean> {
  const all = [...misbehaviours.map(standIn), ...faultKinds.map(simulated)]
  const chosen = all.filter(({ name }) => name.includes(only) && (!isQuick || quick.includes(name)))
  if (chosen.length === 0) throw new Error(`no hostile scenario has '${only}' in its name`)
  const { folder, program } = compiled()
  const played: Played[] = []
  try {
    const waiting = [...chosen]
    await Promise.all(Array.from({ length: atOnce }, () => work(waiting, program, isQuick ? quickMs : playMs, played)))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return report(played)
}

async function work(waiting: Scenario[], program: string, ms: number, played: Played[]): Promise<void> {
  for (let scenario = waiting.shift(); scenario !== undefined; scenario = waiting.shift()) {
    const server = await scenario.start()
    const one = await play(scenario.name, server, program, ms)
    await server.stop()
    played.push(one)
    for (const fault of one.faults) print(`${one.name}: ${fault}`)
  }
}

function standIn(misbehaviour: (typeof misbehaviours)[number]): Scenario {
  return { name: misbehaviour.name, start: () => startStandIn(misbehaviour, systemClock.now) }
}

/** A generated market with one fault, as its form shows it. */
function simulated(kind: (typeof faultKinds)[number]): Scenario {
  return {
    name: `simulator: ${kind}`,
    async start() {
      const { faults, mistakes } = readFaultScript([forms[kind].example])
      if (mistakes.length > 0) throw new Error(`the example of ${kind}: ${mistakes.join(', ')}`)
      return await startSimulator({ tape: generatedTape({ rate: 200 }), faults })
    },
  }
}

function report(played: readonly Played[]): boolean {
  const rows = played.map(one => [
    one.name,
    one.faults.length === 0 ? 'well' : 'NOT WELL',
    figure(one.peakMegabytes),
    figure(one.slowestPageMs),
    figure(one.endMs),
    `${one.leaks.length} in ${one.outputs}`,
  ])
  printTable(
    'Hostile servers: a compiled run with page, recorder and jobs',
    ['what the server does', 'process', 'peak MB', 'slowest page ms', 'end ms', 'secrets in outputs'],
    rows.toSorted(([one = ''], [other = '']) => one.localeCompare(other)),
  )
  const most = (of: (one: Played) => number) => Math.max(0, ...played.map(of).filter(value => !Number.isNaN(value)))
  const unwell = played.filter(({ faults }) => faults.length > 0).length
  print(
    `\n${played.length} scenarios; at least ${Math.min(...played.map(({ outputs }) => outputs))} outputs looked through in each`,
  )
  for (const target of [
    atMost('scenarios in which something was not well', unwell, 0),
    atMost(
      'peak memory of a process in MB',
      most(one => one.peakMegabytes),
      memoryBoundMegabytes,
    ),
    atMost(
      'milliseconds from SIGTERM to the end (grace, pace, 5 s)',
      most(one => one.endMs),
      endBoundMs,
    ),
    atMost(
      'secrets found',
      played.reduce((sum, { leaks }) => sum + leaks.length, 0),
      0,
    ),
  ])
    printTarget(target)
  return unwell === 0
}

/** The command as it is packed, in a folder of its own: tests may compile another one meanwhile. */
export function compiled(): { readonly folder: string; readonly program: string } {
  const folder = mkdtempSync(join(root, '.kis-stream-test-'))
  const run = (...words: string[]) => execFileSync(process.execPath, words, { cwd: root, stdio: 'inherit' })
  run('node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json', '--outDir', folder, '--noCheck')
  run('tools/generate/assemble.mjs', basename(folder))
  return { folder, program: join(folder, 'cli/main.js') }
}
