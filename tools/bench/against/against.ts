// This checkout against another one, in one run: `npm run bench -- --against ../before`. Both take turns in
// every round, so that the other work of the machine affects both alike; and all processes are started anew
// several times, because the engine compiles the same program differently from one process to the next.
import { join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { type Child, startChild } from '../children.ts'
import { bookTransaction, tradeTransaction } from '../frames.ts'
import { type Effort, interleave, median, medianRatio, playCasts, type Rounds } from '../measure.ts'
import { atMost, figure, printTable, type Target, times } from '../report.ts'
import type { ClientName } from '../socket/clients.ts'
import type { LoadName, SenderAnswer, SenderQuestion } from '../socket/sender.ts'
import type { ClientAnswer, ClientQuestion } from '../socket/socket-client.ts'
import type { DecodeQuestion } from './decode-child.ts'

/** Worse than the other checkout by more than this is a step back. */
const mostWorse = 1.1
const castsFor = { decode: 4, socket: 10 }
const framePieces = 800

const checkouts = ['that one', 'this one'] as const
type Checkout = (typeof checkouts)[number]

const transactions = {
  'trades of Korea': tradeTransaction,
  'order books of Korea': bookTransaction,
  'trades of the US': 'HDFSCNT0',
}
const loads = { 'one record a frame': 1, 'three records a frame': 3 } as const satisfies Partial<
  Record<LoadName, number>
>
const clients = ['the data path', 'kis-stream'] as const satisfies readonly ClientName[]

export async function against(otherCheckout: string, effort: Effort): Promise<Target[]> {
  const folders = {
    'that one': resolve(otherCheckout),
    'this one': fileURLToPath(new URL('../../..', import.meta.url)),
  }
  const found: { what: string; rounds: Rounds<Checkout, number> }[] = []
  const isShort = effort.casts === 1
  for (const [what, transaction] of Object.entries(transactions)) {
    const rounds = await playCasts(isShort ? 1 : castsFor.decode, () => playDecoders(folders, transaction, effort))
    found.push({ what: `decode ${what}, ns a record`, rounds })
  }
  for (const load of Object.keys(loads) as (keyof typeof loads)[]) // its own keys
    for (const client of clients) {
      const rounds = await playCasts(isShort ? 1 : castsFor.socket, () => playClients(folders, client, load, effort))
      found.push({ what: `${client}, ${load}, µs a frame`, rounds })
    }
  const ratioOf = (rounds: Rounds<Checkout, number>) => medianRatio(rounds['this one'], rounds['that one'])
  printTable(
    'This checkout against the other one, processor time',
    ['', ...checkouts, 'this / that'],
    found.map(({ what, rounds }) => [
      what,
      ...checkouts.map(name => figure(median(rounds[name]))),
      times(ratioOf(rounds)),
    ]),
  )
  return found.map(({ what, rounds }) =>
    atMost(`${what}, this checkout over the other one`, ratioOf(rounds), mostWorse),
  )
}

type Folders = Readonly<Record<Checkout, string>>

async function playDecoders(folders: Folders, transaction: string, effort: Effort): Promise<Rounds<Checkout, number>> {
  const file = new URL('./decode-child.ts', import.meta.url)
  const children = childrenOf(name => startChild<DecodeQuestion, number>(file, [folders[name]]))
  const measure = (name: Checkout, ms: number) => children[name].ask({ transaction, ms })
  for (const name of checkouts) await measure(name, effort.warmUpMs)
  const rounds = await interleave(checkouts, effort.rounds, name => measure(name, effort.roundMs))
  for (const name of checkouts) children[name].end()
  return rounds
}

async function playClients(
  folders: Folders,
  client: ClientName,
  load: keyof typeof loads,
  effort: Effort,
): Promise<Rounds<Checkout, number>> {
  const sender = startChild<SenderQuestion, SenderAnswer>(new URL('../socket/sender.ts', import.meta.url))
  const { port, framesPerPiece } = await sender.ask({ ask: 'address' })
  const pathOf = (name: Checkout) => `/${name.replace(' ', '-')}`
  const children = childrenOf(name =>
    startChild<ClientQuestion, ClientAnswer>(
      pathToFileURL(join(folders[name], 'tools/bench/socket/socket-client.ts')),
      [client],
    ),
  )
  for (const name of checkouts) {
    await children[name].ask({ ask: 'connect', url: `ws://127.0.0.1:${port}${pathOf(name)}` })
  }

  async function measure(name: Checkout): Promise<number> {
    const pieces = Math.ceil(framePieces * effort.socketShare)
    const frames = pieces * framesPerPiece[load]
    await children[name].ask({ ask: 'prepare', count: frames * loads[load] })
    const [{ cpuUs }] = await Promise.all([
      children[name].ask({ ask: 'result' }),
      sender.ask({ ask: 'flood', path: pathOf(name), load, pieces }),
    ])
    return cpuUs / frames
  }

  await interleave(checkouts, effort.socketWarmUps, measure)
  const rounds = await interleave(checkouts, effort.socketRounds, measure)
  for (const child of [sender, ...checkouts.map(name => children[name])]) child.end()
  return rounds
}

function childrenOf<Q, A>(start: (name: Checkout) => Child<Q, A>): Readonly<Record<Checkout, Child<Q, A>>> {
  return { 'that one': start('that one'), 'this one': start('this one') }
}
