import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { jsonLinesOf, runCommand } from '../support/processes/command.ts'

const frames = 'test/fixtures/frames'

describe('kis-stream decode', () => {
  it('turns a file of captured frames into events, one a line, type first', async () => {
    const { code, out, err } = await runCommand(['decode', `${frames}/H0STCNT0.txt`])
    const events = jsonLinesOf(out)
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(events).toHaveLength(43)
    expect(
      out
        .split('\n')
        .filter(line => line !== '')
        .every(line => line.startsWith('{"type":"trade","instrument":"KRX:')),
    ).toBe(true)
    expect(events[0]).toMatchObject({
      instrument: 'KRX:005930',
      price: 314_000,
      volume: 489,
      side: 'buy',
      cumulativeVolume: 21_357_216,
      eventTime: Date.parse('2026-06-08T11:48:27+09:00'),
    })
  })

  it('passes over a byte order mark, and shows no key, however it is quoted', async () => {
    const [line = ''] = readFileSync(`${frames}/H0STCNT0.txt`, 'utf8').split('\n')
    const key = '0b9c6f7e-1111-2222-3333-444455556666'
    const input = `\uFEFF${line}\n{'header': {'approval_key': '${key}', 'tr_type': '1'}}\n10:00:00 {'approval_key':'${key}'}\n`
    const { out } = await runCommand(['decode', '-'], {}, input)
    const events = jsonLinesOf(out)
    expect(events[0]).toMatchObject({ type: 'trade', instrument: 'KRX:005930' })
    expect(events.filter(({ type }) => type === 'malformed')).toHaveLength(2)
    expect(out).not.toContain(key)
  })

  it('reads standard input, and books on the date given', async () => {
    const input = readFileSync(`${frames}/H0STASP0.txt`, 'utf8')
    const { out } = await runCommand(['decode', '--date', '2026-06-08'], {}, input)
    expect(jsonLinesOf(out)[0]).toMatchObject({
      type: 'order-book',
      eventTime: Date.parse('2026-06-08T11:48:27+09:00'),
      totalBidVolume: 182_540,
      totalAskVolume: 245_385,
    })
  })

  it('calls what is no frame malformed, keeps its text, goes on, and ends well', async () => {
    const good = readFileSync(`${frames}/H0STCNT0.txt`, 'utf8').split('\n')[9] as string
    const input = `hello\r\n\n${good}\n{"header":{"tr_id":"PINGPONG","datetime":"20230502221924"}}\n0|H0STCNT0|002|1^2^3\nno end`
    const { code, out } = await runCommand(['decode'], {}, input)
    expect(code).toBe(0)
    expect(jsonLinesOf(out).map(({ type, raw }) => (raw === undefined ? type : [type, raw]))).toEqual([
      ['malformed', 'hello'],
      ['malformed', ''],
      'trade',
      'heartbeat',
      ['malformed', '0|H0STCNT0|002|1^2^3'],
      ['malformed', 'no end'],
    ])
  })

  it('reads control messages as what they say', async () => {
    const { out } = await runCommand(['decode', `${frames}/control.txt`])
    expect(jsonLinesOf(out)).toMatchObject([
      {
        type: 'subscription',
        line: 'KR',
        instrument: 'KRX:005930',
        channel: 'order-book',
        status: 'active',
        code: 'OPSP0000',
      },
      { type: 'subscription', line: 'KR', instrument: 'KRX:000660', channel: 'trade', status: 'active' },
      { type: 'heartbeat', serverTime: Date.parse('2023-05-02T22:19:24+09:00') },
      { type: 'subscription', line: null, instrument: null, channel: null, status: 'refused', code: 'OPSP8996' },
    ])
    expect(out).not.toContain('npudbpdylbqfsndkjgvknsjgsveanbca')
  })

  it('adds the columns it is asked for', async () => {
    const { out } = await runCommand(['decode', '--columns', 'VI_STND_PRC,CTTR', `${frames}/H0STCNT0.txt`])
    expect(jsonLinesOf(out)[0]).toMatchObject({ columns: { VI_STND_PRC: '302000', CTTR: '113.70' } })
  })

  it.each([
    [['decode', 'no-such-file'], /no-such-file/],
    [['decode', '--date', 'yesterday', '--colour'], /2 mistakes[\s\S]*--colour[\s\S]*--date 'yesterday'/],
    [['decode', '--columns', 'VI_STD_PRC', '--colums'], /--colums'; did you mean --columns\?[\s\S]*VI_STND_PRC/],
    [['decode', 'a', 'b'], /unexpected argument 'b'/],
  ])('says what is wrong with %j, with exit code 2', async (args, says) => {
    const { code, out, err } = await runCommand(args)
    expect(code).toBe(2)
    expect(out).toBe('')
    expect(err).toMatch(says)
  })
})
