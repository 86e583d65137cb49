// The bytes of a socket → trades and books: processor time and memory a record, against two ways of reading
// the same fields.
import { startChild } from '../children.ts'
import { books, type Load, trades } from '../frames.ts'
import type { HeapAnswer } from './heap.ts'
import { type Effort, median, medianRatio, type Pass, timePasses } from '../measure.ts'
import { assertAlike, bookReaders, type ReaderName, type Readers, reading, tradeReaders } from './readers.ts'
import { atLeast, figure, printTable, type Target, times } from '../report.ts'

const obviousTimes = 3
const usualTimes = 9

type Case = { readonly name: string; readonly readers: Readers; readonly load: Load }

const compared = ['kis-stream', 'the obvious way', 'the usual one'] as const
const everyReader: readonly ReaderName[] = ['kis-stream', 'with a column', 'the obvious way', 'the usual one']

export async function decode(effort: Effort): Promise<Target[]> {
  const cases: readonly Case[] = [
    { name: 'trades, 1 to 5 a frame as captured', readers: tradeReaders(), load: trades() },
    { name: 'trades, one a frame', readers: tradeReaders(), load: trades({ recordsPerFrame: 1 }) },
    { name: 'trades of 47 columns, as captured', readers: tradeReaders(), load: trades({ width: 47 }) },
    { name: 'order books, ten levels', readers: bookReaders(), load: books() },
  ]
  for (const { readers, load } of cases) assertAlike(readers, load)

  const targets: Target[] = []
  const rows: string[][] = []
  for (const { name, readers, load } of cases) {
    const rounds = await timePasses(passesOf(readers, compared, load), effort)
    const ours = rounds['kis-stream'] ?? []
    const timesOf = (reader: ReaderName) => rounds[reader] && medianRatio(rounds[reader], ours)
    const obvious = timesOf('the obvious way')
    const usual = timesOf('the usual one')
    rows.push([name, ...compared.map(reader => cost(rounds[reader])), times(obvious), times(usual)])
    if (obvious) targets.push(atLeast(`${name}: times as fast as the obvious way`, obvious, obviousTimes))
    if (usual) targets.push(atLeast(`${name}: times as fast as the usual one`, usual, usualTimes))
  }
  printTable('Decoding, nanoseconds a record', ['', ...compared, 'obvious / ours', 'usual / ours'], rows)
  await printColumn(cases, effort)
  await printHeap(effort)
  return targets
}

/** A feed has columns or has none, so these come last: no process decodes both ways. */
async function printColumn(cases: readonly Case[], effort: Effort): Promise<void> {
  const rows: string[][] = []
  for (const { name, readers, load } of cases) {
    const rounds = await timePasses(passesOf(readers, ['kis-stream', 'with a column'], load), effort)
    const { 'kis-stream': without = [], 'with a column': withOne = [] } = rounds
    rows.push([name, cost(without), cost(withOne), times(medianRatio(withOne, without))])
  }
  printTable('One further column asked for, nanoseconds a record', ['', 'without', 'with', 'with / without'], rows)
}

async function printHeap(effort: Effort): Promise<void> {
  // Room for everything one measurement allocates, so that nothing is collected in the middle of it.
  const flags = ['--expose-gc', '--min-semi-space-size=64', '--max-semi-space-size=64']
  const child = startChild<Effort, HeapAnswer>(new URL('./heap.ts', import.meta.url), [], flags)
  const answer = await child.ask(effort)
  child.end()
  const rows = Object.entries(answer).map(([name, bytes]) => [name, ...everyReader.map(reader => show(bytes[reader]))])
  printTable('Decoding, bytes of heap allocated a record', ['', ...everyReader], rows)
}

function passesOf(readers: Readers, names: readonly ReaderName[], load: Load): Partial<Record<ReaderName, Pass>> {
  const passes: Partial<Record<ReaderName, Pass>> = {}
  for (const name of names) {
    const read = readers[name]
    if (read !== undefined) passes[name] = reading(read, load)
  }
  return passes
}

function cost(rounds: readonly number[] | undefined): string {
  return rounds === undefined ? '' : figure(median(rounds))
}

function show(value: number | undefined): string {
  return value === undefined ? '' : figure(value)
}
