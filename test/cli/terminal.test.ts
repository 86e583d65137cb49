// What a terminal would obey, from the line, from REST and from a file: it reaches neither standard output
// nor the log as it came, and no line of a log is begun by it.
import { pino } from 'pino'
import { Observable } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { escaping, lineForPeople } from '../../cli/terminal/log.ts'
import { prettyPrinter } from '../../cli/terminal/pretty.ts'
import { eventLine } from '../../market/event-line.ts'
import type { MarketEvent } from '../../market/events.ts'
import { visible, visibleJson } from '../../market/basics/visible-text.ts'
import { runCommand, saidIn, startCommand } from '../support/processes/command.ts'
import { startMirror } from '../support/servers/mirror.ts'

const hostile = [
  '\u001b[2J',
  '\u001b]0;title\u0007',
  '\u009b31m',
  '\r\n{"level":60,"msg":"forged"}',
  '\n[10:00:00.000] ERROR: forged',
  '\u0008\u007f\u0000',
  '\u202eevil',
  '\u2028forged',
  '\u200b',
]
const all = hostile.join(' and ')

/** But for the line breaks of lines of ours. */
// oxlint-disable-next-line no-control-regex -- those are what it is about
const obeyed = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u200b\u202a-\u202e]/

function expectHarmless(text: string): void {
  expect(text.match(obeyed)).toBeNull()
  for (const line of text.split('\n')) expect(line).not.toMatch(/^(\{"level":60|\[10:00:00\.000\]|\s*forged)/)
}

const frames = [
  `0|H0XXXXX0|001|${all}^1`,
  `0|H0STCNT0|001|${all}`,
  `${all}`,
  JSON.stringify({ header: { tr_id: all, tr_key: all }, body: { rt_cd: '1', msg_cd: all, msg1: all } }),
  JSON.stringify({ header: { tr_id: '(null)' }, body: { rt_cd: '1', msg_cd: 'OPSP9998', msg1: all } }),
]

describe('kis-stream run', () => {
  it.each(['pretty', 'ndjson'] as const)('with --format %s prints nothing of it raw', async output => {
    const mirror = await startMirror()
    const refusal = JSON.stringify({ error_code: all, error_description: all })
    let refused = false
    mirror.answers((_, response) => {
      if (refused) mirror.answers(undefined)
      refused = true
      response.writeHead(500).end(refusal)
    })
    const running = startCommand(['run', '--format', output, '--instruments', 'KRX:005930', '--market', 'KR'], {
      KIS_APP_KEY: 'planted',
      KIS_APP_SECRET: 'planted',
      KIS_REST_URL: mirror.restUrl,
      KIS_WS_URL: mirror.wsUrl,
      KIS_JOBS: 'off',
      KIS_GRACE_MS: '10',
    })
    await running.printed((_out, err) => err.includes('subscribed'))
    for (const frame of frames) mirror.send(frame)
    await running.printed((_out, err) => err.includes('OPSP9998'))
    running.process.kill('SIGTERM')
    const { out, err } = await running.finished
    expect(saidIn(err)).toContain(String.raw`\x1b[2J`)
    expectHarmless(out)
    expectHarmless(err)
  })
})

describe('kis-stream decode and import', () => {
  it('print nothing of a file raw, and decode tells what was in it', async () => {
    const lines = frames.map(frame => frame.replaceAll(/[\r\n]/g, '')).join('\n')
    const { out } = await runCommand(['decode'], {}, lines)
    expectHarmless(out)
    expect(JSON.parse(out.split('\n')[1] ?? '')).toHaveProperty('extra.0', all.replaceAll(/[\r\n]/g, ''))
  })
})

describe('the log', () => {
  it('escapes what a package quotes: Redis, the network, a certificate', () => {
    const written: string[] = []
    const log = pino({ base: null, hooks: escaping }, { write: (text: string) => void written.push(text) })
    const facts = { problem: all, list: [all], nested: { all }, error: new Error(all), at: 1 }
    log.info(facts, all)
    const [line = ''] = written
    expectHarmless(lineForPeople(false)(line).trimEnd())
    expect(written).toHaveLength(1)
    expectHarmless(line.trimEnd())
    expect(JSON.parse(line)).toMatchObject({
      problem: visible(all),
      list: [visible(all)],
      nested: { all: visible(all) },
      at: 1,
      msg: visible(all),
    })
    expect(JSON.parse(line).error.split('\n')[0]).toBe(`Error: ${visible(all)}`)
  })
})

describe('an event for people', () => {
  it.each<MarketEvent>([
    { type: 'malformed', reason: all, raw: all, receivedTime: 0 },
    { type: 'record', tr: 'H0XXXXX0', columns: { NAME: all }, extra: [], receivedTime: 0 },
    { type: 'subscription', line: '1', instrument: null, channel: null, status: 'refused', code: all, receivedTime: 0 },
    { type: 'disconnect', line: '1', market: 'KR', reason: all, receivedTime: 0 },
  ])('is one line, and harmless: $type', event => {
    let text = ''
    const subscription = prettyPrinter(
      line => void (text += line),
      false,
    )(new Observable(subscriber => subscriber.next(event)))
    subscription.unsubscribe()
    expect(text.trimEnd().split('\n')).toHaveLength(1)
    expectHarmless(text.trimEnd())
  })
})

describe('an event as JSON', () => {
  it('is the same event', () => {
    const event = { type: 'record', tr: 'H0XXXXX0', columns: { NAME: all }, extra: [all], receivedTime: 0 } as const
    expectHarmless(eventLine(event))
    expect(JSON.parse(eventLine(event))).toEqual(event)
    expect(visibleJson('{"a":"한글"}')).toBe('{"a":"한글"}')
  })
})
