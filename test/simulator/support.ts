// A client of the simulator made of literal text: nothing of the pipeline's own client code, so that a
// mistake there cannot hide.
import { readFileSync } from 'node:fs'
import { onTestFinished, vi } from 'vitest'
import { type RawData, WebSocket } from 'ws'
import { type Simulator, type SimulatorOptions, startSimulator } from '../../simulator/server.ts'
import type { Listener } from '../../simulator/tape/tape.ts'

/** 2026-09-14 10:00:00 KST, a Monday: 2026-09-13 21:00 in New York. */
export const mondayTen = Date.UTC(2026, 8, 14, 1)

/** A clock that stands still until it is set forward. */
export function handClock(start = mondayTen) {
  let time = start
  return {
    now: () => time,
    advance(ms: number) {
      time += ms
    },
  }
}

/** A simulator that is stopped when the test is over. */
export async function simulator(options: SimulatorOptions = {}): Promise<Simulator> {
  return stopAfterwards(await startSimulator(options))
}

/** Takes part in the cleaning up after the test. */
export function stopAfterwards<T extends { stop(): Promise<void> | void }>(thing: T): T {
  onTestFinished(() => thing.stop())
  return thing
}

export async function post(
  simulator: Simulator,
  path: string,
  body: unknown,
): Promise<{ status: number; body: Answer }> {
  const response = await fetch(simulator.restUrl + path, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  return { status: response.status, body: (await response.json()) as Answer }
}

type Answer = Record<string, string | number | string[] | undefined>

export async function approvalKey(simulator: Simulator, appKey = 'app-key-1'): Promise<string> {
  const request = { grant_type: 'client_credentials', appkey: appKey, secretkey: 'secret' }
  const { body } = await post(simulator, '/oauth2/Approval', request)
  return String(body.approval_key)
}

/** The request of protocol notes 3.1, letter by letter. */
export function requestText(approval: string, verb: 'subscribe' | 'unsubscribe', tr: string, key: string): string {
  const type = verb === 'subscribe' ? '1' : '2'
  return `{"header":{"approval_key":"${approval}","custtype":"P","tr_type":"${type}","content-type":"utf-8"},"body":{"input":{"tr_id":"${tr}","tr_key":"${key}"}}}`
}

export type Client = {
  readonly socket: WebSocket
  /** Everything received so far. */
  readonly texts: string[]
  /** The close code, once it is closed. */
  readonly closed: Promise<number>
  send(text: string): void
  /** Sends the text and waits for the next control message that is no PINGPONG. */
  ask(text: string): Promise<string>
  subscribe(tr: string, key: string): Promise<string>
  unsubscribe(tr: string, key: string): Promise<string>
  /**
   * Calls `listen` with every text, those received before included: the first one comes with the answer to
   * the upgrade, or soon.
   */
  hear(listen: (text: string) => unknown): void
  /** Waits until `count` of the received texts pass. */
  received(passes: (text: string) => boolean, count?: number): Promise<string[]>
}

/** Connects with an approval key of its own unless one is given. */
export async function connect(
  simulator: Simulator,
  options: { path?: string; appKey?: string; approval?: string } = {},
): Promise<Client> {
  const approval = options.approval ?? (await approvalKey(simulator, options.appKey))
  const socket = new WebSocket(simulator.wsUrl + (options.path ?? '/tryitout'), { perMessageDeflate: false })
  const texts: string[] = []
  socket.on('message', data => texts.push(textOf(data)))
  const closed = new Promise<number>(resolve => socket.on('close', resolve))
  await new Promise<void>((resolve, reject) => {
    socket.on('open', resolve)
    socket.on('error', reject)
  })
  socket.on('error', () => {})
  stopAfterwards({ stop: () => socket.terminate() })

  const answers = () => texts.filter(text => text.startsWith('{') && !text.includes('PINGPONG'))
  const client: Client = {
    socket,
    texts,
    closed,
    send: text => socket.send(text),
    async ask(text) {
      const before = answers().length
      socket.send(text)
      return until(() => answers()[before])
    },
    subscribe: (tr, key) => client.ask(requestText(approval, 'subscribe', tr, key)),
    unsubscribe: (tr, key) => client.ask(requestText(approval, 'unsubscribe', tr, key)),
    hear(listen) {
      for (const text of texts) listen(text)
      socket.on('message', data => listen(textOf(data)))
    },
    received: (passes, count = 1) =>
      until(() => {
        const passing = texts.filter(passes)
        return passing.length >= count ? passing : undefined
      }),
  }
  return client
}

/** By default ws hands over every message as one Buffer. */
function textOf(data: RawData): string {
  return (data as Buffer).toString()
}

/** What the condition gives, once it gives something. */
export function until<T>(condition: () => T | undefined | false): Promise<T> {
  return vi.waitFor(
    () => {
      const value = condition()
      if (value === undefined || value === false) throw new Error(`still waiting for ${condition.toString()}`)
      return value
    },
    { interval: 2, timeout: 120_000 },
  )
}

export function code(text: string): string {
  return (JSON.parse(text) as { body: { msg_cd: string } }).body.msg_cd
}

/** Lines of a captured fixture. */
export function captured(file: string): string[] {
  const text = readFileSync(new URL(`../fixtures/frames/${file}`, import.meta.url), 'utf8')
  return text.split('\n').filter(line => line !== '')
}

/** A listener that keeps what it hears; `room` says whether it could take more. */
export function keeper(
  tr: string,
  key: string,
  room: (received: number) => boolean = () => true,
): Listener & { frames: string[] } {
  const frames: string[] = []
  return {
    tr,
    key,
    frames,
    emit(frame) {
      frames.push(frame)
      return room(frames.length)
    },
  }
}
