// A recorded day, served as KIS would, to clients that share no code with us: `cluefin-openapi` from npm,
// which knows KIS's addresses and nothing of a simulator; and KIS's own documented exchange of messages,
// written down with a bare WebSocket.
import { once } from 'node:events'
import { DomesticRealtimeQuote, KisAuth, KisSocketClient } from 'cluefin-openapi'
import { describe, expect, it, onTestFinished } from 'vitest'
import WebSocket from 'ws'
import { clockStartingAt } from '../../../market/clock.ts'
import { openRecording } from '../../../recording/read/reader.ts'
import { firstFrameOf, recordedTape, type RecordedTapeOptions } from '../../../simulator/tape/recorded-tape.ts'
import type { SimulatorOptions } from '../../../simulator/options.ts'
import { type Simulator, startSimulator } from '../../../simulator/server.ts'
import { frameOf, give, nine, recorderFor, temporaryFolder } from '../../recording/support.ts'
import { eventually } from '../../support/rigs/feed.ts'
import { linesOf, recordsOf } from '../../support/wire/frames.ts'

const date = 20260914
const trades = linesOf('H0STCNT0.txt').slice(0, 9)
const books = linesOf('H0STASP0.txt').slice(0, 6)

/** The first frame is another name's, so that there is time to ask for this one. */
const opening = nine + 3_000

/** A morning of one name: trades and books by turns, one every 20 ms. */
async function recordedMorning(): Promise<string> {
  const folder = temporaryFolder()
  const recorder = recorderFor(folder)
  const frames = trades.flatMap((trade, i) => (books[i] === undefined ? [trade] : [trade, books[i]]))
  give(recorder, frameOf('000660'), nine)
  frames.forEach((frame, i) => give(recorder, Buffer.from(frame), opening + i * 20))
  await recorder.stop()
  return folder
}

async function serve(
  options: Partial<RecordedTapeOptions> = {},
  simulatorOptions: SimulatorOptions = {},
): Promise<Simulator> {
  const recording = openRecording(await recordedMorning())
  const start = await firstFrameOf(recording, date)
  const simulator = await startSimulator({
    tape: recordedTape(recording, { date, ...options }),
    clock: clockStartingAt(start ?? Number.NaN),
    ...simulatorOptions,
  })
  onTestFinished(() => simulator.stop())
  return simulator
}

/** The package has KIS's addresses built in; only these are exchanged. */
class ElsewhereClient extends KisSocketClient {
  protected override readonly url: string

  constructor(url: string, approvalKey: string) {
    super({ approvalKey, appKey: 'an app key', secretKey: 'a secret', env: 'prod' })
    this.url = url
  }
}

function authFor({ restUrl }: Simulator): KisAuth {
  const fetchImpl: typeof fetch = (input, init) => {
    const { pathname } = new URL(input instanceof Request ? input.url : input)
    return fetch(`${restUrl}${pathname}`, init)
  }
  return new KisAuth({ appKey: 'an app key', secretKey: 'a secret', env: 'prod', fetchImpl })
}

describe('a recorded day that is served', () => {
  it('comes to a client from npm as it came then: approval, subscriptions, every record in its place', async () => {
    // Arrange
    const simulator = await serve()
    const { approvalKey } = await authFor(simulator).approve()
    const client = new ElsewhereClient(`${simulator.wsUrl}/tryitout`, approvalKey)
    onTestFinished(() => client.close())
    const received: { tr: string | undefined; values: readonly string[] }[] = []
    client.on('data', ({ trId, data }) => received.push({ tr: trId, values: data?.values ?? [] }))
    client.connect()
    await once(client, 'connected')

    // Act
    await client.subscribe('H0STCNT0', '005930')
    await client.subscribe('H0STASP0', '005930')
    await eventually(() => simulator.stats().tape.ended)
    await eventually(() => received.length === trades.length + books.length)

    // Assert
    const values = (line: string) => recordsOf(line).flat()
    expect(received.filter(({ tr }) => tr === 'H0STCNT0').map(one => one.values)).toEqual(trades.map(values))
    expect(received.filter(({ tr }) => tr === 'H0STASP0').map(one => one.values)).toEqual(books.map(values))
    const read = DomesticRealtimeQuote.parseExecutionData([...values(trades[0] as string)])
    expect(read[0]).toMatchObject({ mkscShrnIscd: '005930', stckPrpr: recordsOf(trades[0] as string)[0]?.[2] })
    expect(simulator.stats().requests.map(({ code }) => code)).toEqual(['OPSP0000', 'OPSP0000'])
  })

  it('is spoken of as KIS documents it: acknowledged, echoed, one session to an app key', async () => {
    // Arrange
    const simulator = await serve({ speed: Number.POSITIVE_INFINITY }, { pingIntervalMs: 20 })
    const { approvalKey } = await authFor(simulator).approve()
    const subscribe = (tr: string) =>
      JSON.stringify({
        header: { approval_key: approvalKey, custtype: 'P', tr_type: '1', 'content-type': 'utf-8' },
        body: { input: { tr_id: tr, tr_key: '005930' } },
      })
    const [first, second] = [new WebSocket(simulator.wsUrl), new WebSocket(simulator.wsUrl)]
    onTestFinished(() => [first, second].forEach(socket => socket.terminate()))
    const texts: string[][] = [[], []]
    ;[first, second].forEach((socket, i) =>
      socket.on('message', data => {
        const text = (data as Buffer).toString()
        if (text.includes('PINGPONG')) socket.send(text)
        else texts[i]?.push(text)
      }),
    )
    await Promise.all([once(first, 'open'), once(second, 'open')])

    // Act
    first.send(subscribe('H0STCNT0'))
    await eventually(() => texts[0]?.length === 1 + trades.length)
    second.send(subscribe('H0STCNT0'))
    await eventually(() => texts[1]?.length === 1)
    await eventually(() => simulator.stats().echoes.total > 2)

    // Assert
    expect(JSON.parse(texts[0]?.[0] ?? '')).toMatchObject({ body: { rt_cd: '0', msg1: 'SUBSCRIBE SUCCESS' } })
    expect(texts[0]?.slice(1)).toEqual(trades)
    expect(JSON.parse(texts[1]?.[0] ?? '')).toMatchObject({ body: { msg_cd: 'OPSP8996' } })
  })

  it('begins at the time that is asked for', async () => {
    const simulator = await serve({ from: opening + 12 * 20, speed: Number.POSITIVE_INFINITY })
    const { approvalKey } = await authFor(simulator).approve()
    const client = new ElsewhereClient(simulator.wsUrl, approvalKey)
    onTestFinished(() => client.close())
    const received: (string | undefined)[] = []
    client.on('data', ({ raw }) => received.push(raw))
    client.connect()
    await once(client, 'connected')
    await client.subscribe('H0STCNT0', '005930')
    await eventually(() => received.length === 3)
    expect(received).toEqual(trades.slice(6))
  })

  it('answers over REST with the bars and executions of what was played, and of the morning before it', async () => {
    // Arrange
    const simulator = await serve(
      { from: opening + 8 * 20, speed: Number.POSITIVE_INFINITY },
      { quotations: { skippedOneOf: 0, callsPerSecond: 1_000 } },
    )
    const auth = authFor(simulator)
    const [{ approvalKey }, { accessToken }] = [await auth.approve(), await auth.generate()]
    const client = new ElsewhereClient(simulator.wsUrl, approvalKey)
    onTestFinished(() => client.close())
    client.connect()
    await once(client, 'connected')
    await client.subscribe('H0STCNT0', '005930')
    await eventually(() => simulator.stats().tape.ended)
    const ask = async (path: string, tr: string, parameters: Readonly<Record<string, string>>) => {
      const headers = {
        authorization: `Bearer ${accessToken}`,
        appkey: 'an app key',
        appsecret: 'a secret',
        custtype: 'P',
        tr_id: tr,
      }
      const query = new URLSearchParams({ FID_COND_MRKT_DIV_CODE: 'J', FID_INPUT_ISCD: '005930', ...parameters })
      const response = await fetch(
        `${simulator.restUrl}/uapi/domestic-stock/v1/quotations/${path}?${query.toString()}`,
        {
          headers,
        },
      )
      return ((await response.json()) as { output2: Record<string, string>[] }).output2
    }

    // Act
    const executions = await ask('inquire-time-itemconclusion', 'FHPST01060000', { FID_INPUT_HOUR_1: '153000' })
    const minutes = await ask('inquire-time-itemchartprice', 'FHKST03010200', {
      FID_INPUT_HOUR_1: '153000',
      FID_PW_DATA_INCU_YN: 'N',
      FID_ETC_CLS_CODE: '',
    })

    // Assert
    const records = trades.flatMap(line => recordsOf(line))
    const volume = records.reduce((sum, values) => sum + Number(values[12]), 0)
    expect(executions[0]).toMatchObject({ stck_cntg_hour: records.at(-1)?.[1], acml_vol: records.at(-1)?.[13] })
    expect(minutes.reduce((sum, minute) => sum + Number(minute['cntg_vol']), 0)).toBe(volume)
  })
})
