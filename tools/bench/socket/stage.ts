// The sender and the clients of one part, each a process of its own, connected and ready.
import { type Child, startChild } from '../children.ts'
import type { ClientName } from './clients.ts'
import type { LoadName, SenderAnswer, SenderQuestion } from './sender.ts'

export type Stage<Question, Answer> = {
  readonly framesPerPiece: Readonly<Record<LoadName, number>>
  client(name: ClientName): Child<Question, Answer>
  /** Sends so many pieces to that client, as fast as it takes them. */
  flood(name: ClientName, load: LoadName, pieces: number): Promise<void>
  /** Sends so many frames to that client, at that pace; tells the pace that was kept. */
  pace(name: ClientName, frames: number, perSecond: number): Promise<number>
  end(): void
}

/** `file` is a program that takes a client's name and answers `connect`. */
export async function setStage<Question extends object, Answer>(
  file: URL,
  names: readonly ClientName[],
): Promise<Stage<Question | { ask: 'connect'; url: string }, Answer>> {
  type Client = Child<Question | { ask: 'connect'; url: string }, Answer>
  const sender = startChild<SenderQuestion, SenderAnswer>(new URL('./sender.ts', import.meta.url))
  const { port, framesPerPiece } = await sender.ask({ ask: 'address' })
  const clients = new Map<ClientName, Client>()
  const connected = names.map(name => {
    const client: Client = startChild(file, [name])
    clients.set(name, client)
    return client.ask({ ask: 'connect', url: `ws://127.0.0.1:${port}${pathOf(name)}` })
  })
  await Promise.all(connected)
  return {
    framesPerPiece,
    client(name) {
      const client = clients.get(name)
      if (client === undefined) throw new Error(`no client ${name}`)
      return client
    },
    flood: async (name, load, pieces) => void (await sender.ask({ ask: 'flood', path: pathOf(name), load, pieces })),
    pace: async (name, frames, perSecond) =>
      (await sender.ask({ ask: 'pace', path: pathOf(name), frames, perSecond })).perSecond,
    end() {
      for (const child of [sender, ...clients.values()]) child.end()
    },
  }
}

function pathOf(name: ClientName): string {
  return `/${name.replaceAll(' ', '-')}`
}
