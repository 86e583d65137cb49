// JSON system messages, from untrusted text.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { explain } from '../../../kis/codes/codes.ts'
import { type Answer, readControl } from '../../../kis/wire/control.ts'
import { kst, lineOf } from '../../support/wire/frames.ts'
import { tries } from '../../support/property.ts'

const read = (text: string) => readControl(Buffer.from(text))
const readJson = (message: unknown) => read(JSON.stringify(message))

function answerTo(message: unknown): Answer {
  const read = readJson(message)
  if (read.kind !== 'answer') throw new Error(`expected an answer, found ${read.kind}`)
  return read
}

/** An acknowledgement with some parts exchanged. */
function acknowledgement(header: object = {}, body: object = {}) {
  return {
    header: { tr_id: 'H0STCNT0', tr_key: '005930', encrypt: 'N', ...header },
    body: { rt_cd: '0', msg_cd: 'OPSP0000', msg1: 'SUBSCRIBE SUCCESS', output: { iv: 'i', key: 'k' }, ...body },
  }
}

describe('a captured control message', () => {
  it('is the acknowledgement of a book, with the key for notices', () => {
    expect(read(lineOf('control.txt', 1))).toEqual({
      kind: 'answer',
      tr: 'H0STASP0',
      key: '005930',
      entry: explain('OPSP0000', 'SUBSCRIBE SUCCESS'),
      noticeKey: { iv: '96de248bda413d58', key: 'npudbpdylbqfsndkjgvknsjgsveanbca' },
    })
  })

  it('is the acknowledgement of a trade', () => {
    expect(read(lineOf('control.txt', 2))).toMatchObject({ kind: 'answer', tr: 'H0STCNT0', key: '000660' })
  })

  it('is a heartbeat, with the server’s Korean clock', () => {
    expect(read(lineOf('control.txt', 3))).toEqual({ kind: 'heartbeat', serverTime: kst('2023-05-02T22:19:24') })
  })

  it('is a refusal that names no subscription', () => {
    expect(read(lineOf('control.txt', 4))).toEqual({
      kind: 'answer',
      tr: undefined,
      key: undefined,
      entry: explain('OPSP8996', 'ALREADY IN USE appkey'),
      noticeKey: undefined,
    })
  })
})

describe('a heartbeat', () => {
  it.each(['', '2023050222192', '202305022219240', '20230502221960', '20230532221924', 'now', '(null)'])(
    'whose clock reads %j has no time',
    datetime => {
      expect(readJson({ header: { tr_id: 'PINGPONG', datetime } })).toEqual({ kind: 'heartbeat', serverTime: null })
    },
  )

  it('may have no clock at all', () => {
    expect(read('{"header":{"tr_id":"PINGPONG"}}')).toEqual({ kind: 'heartbeat', serverTime: null })
  })

  it('may have its clock as a number', () => {
    const serverTime = kst('2023-05-02T22:19:24')
    expect(readJson({ header: { tr_id: 'PINGPONG', datetime: 20230502221924 } })).toEqual({
      kind: 'heartbeat',
      serverTime,
    })
  })
})

describe('an answer', () => {
  it.each(['(null)', '', null, undefined, {}, ['H0STCNT0']])('names no subscription where it says %j', empty => {
    expect(answerTo(acknowledgement({ tr_id: empty, tr_key: empty }))).toMatchObject({
      tr: undefined,
      key: undefined,
    })
  })

  it('may come without a header', () => {
    expect(answerTo({ body: { rt_cd: '9', msg_cd: 'OPSP9998', msg1: 'header not found' } })).toMatchObject({
      tr: undefined,
    })
  })

  it('may name its symbol with a number', () => {
    expect(answerTo(acknowledgement({ tr_key: 5930 })).key).toBe('5930')
  })

  it.each([{}, { iv: 'i' }, { key: 'k' }, { iv: '', key: 'k' }, { iv: 'i', key: '(null)' }, [], 'iv', null, undefined])(
    'has no key for notices when its output is %j',
    output => {
      expect(answerTo(acknowledgement({}, { output })).noticeKey).toBeUndefined()
    },
  )

  it('may have a text without a code, or a code without a text', () => {
    expect(answerTo({ body: { msg1: 'SOMETHING' } }).entry).toMatchObject({
      code: '',
      message: 'SOMETHING',
      reaction: 'retry',
    })
    expect(answerTo({ body: { msg_cd: 'OPSP0002' } }).entry).toBe(explain('OPSP0002', ''))
  })

  it.each([
    ['0', 'SUBSCRIBE SUCCESS', 'acknowledged'],
    ['0', ' subscribe success ', 'acknowledged'],
    ['0', 'UNSUBSCRIBE SUCCESS', 'released'],
    ['1', 'ALREADY IN SUBSCRIBE', 'duplicate'],
    ['1', 'UNSUBSCRIBE ERROR(not found!)', 'released'],
    ['1', 'MAX SUBSCRIBE OVER', 'refused'],
    ['1', 'invalid approval : NOT FOUND', 'renew-approval'],
    ['9', 'ALREADY IN USE appkey', 'occupied'],
    ['1', 'SUBSCRIBE SUCCESS', 'refused'],
    ['0', 'SOMETHING ELSE', 'none'],
  ])('is read by its text where it has no code: rt_cd %s, %s is %s', (rt_cd, msg1, reaction) => {
    for (const msg_cd of [undefined, null, '', '(null)']) {
      expect(answerTo(acknowledgement({}, { rt_cd, msg_cd, msg1 })).entry.reaction).toBe(reaction)
    }
  })

  it('is explained by its code and its text', () => {
    const released = acknowledgement({}, { rt_cd: '1', msg_cd: 'OPSP0003', msg1: 'UNSUBSCRIBE ERROR(not found!)' })
    const refused = acknowledgement({}, { rt_cd: '1', msg_cd: 'OPSP0003', msg1: 'MANDATORY INPUT MISSING' })
    expect(answerTo(released).entry.reaction).toBe('released')
    expect(answerTo(refused).entry.reaction).toBe('refused')
  })
})

describe('the result code of an answer', () => {
  it.each(['1', '9', 1, 'x'])('%j turns a success into a refusal', code => {
    expect(answerTo(acknowledgement({}, { rt_cd: code })).entry).toMatchObject({
      reaction: 'refused',
      severity: 'high',
    })
  })

  it.each(['0', 0, '', '(null)', null, undefined])('%j leaves a success what it is', code => {
    expect(answerTo(acknowledgement({}, { rt_cd: code })).entry.reaction).toBe('acknowledged')
  })

  it.each([
    ['OPSP0002', 'duplicate'],
    ['OPSP0011', 'renew-approval'],
    ['OPSP8996', 'occupied'],
  ])('1 leaves %s what it is, %s', (code, reaction) => {
    expect(answerTo(acknowledgement({}, { rt_cd: '1', msg_cd: code, msg1: '' })).entry.reaction).toBe(reaction)
  })

  it('0 makes an unknown code a success of some kind', () => {
    const entry = answerTo(
      acknowledgement({}, { rt_cd: '0', msg_cd: 'OPSP0077', msg1: 'SUBSCRIBE SUCCESS AGAIN' }),
    ).entry
    expect(entry.code).toBe('OPSP0077')
    expect(entry.reaction).not.toBe('refused')
  })

  it('other than 0 makes an unknown code a refusal', () => {
    const entry = answerTo(acknowledgement({}, { rt_cd: '9', msg_cd: 'OPSP0077', msg1: 'NO' })).entry
    expect(entry).toMatchObject({ code: 'OPSP0077', reaction: 'retry' })
  })
})

describe('a message that says nothing', () => {
  it.each([
    '',
    '{',
    '{"header":',
    'PINGPONG',
    'null',
    '[]',
    '"text"',
    '12',
    'true',
    '[{"header":{"tr_id":"PINGPONG"}}]',
  ])('%j is no JSON object', text => {
    expect(read(text)).toEqual({ kind: 'unreadable', reason: 'a control message that is no JSON object' })
  })

  it.each([
    '{}',
    '{"header":{}}',
    '{"header":{"tr_id":"H0STCNT0"}}',
    '{"header":{"tr_id":"pingpong"}}',
    '{"header":"PINGPONG"}',
    '{"tr_id":"PINGPONG"}',
    '{"body":{}}',
    '{"body":[]}',
    '{"body":"msg1"}',
    '{"body":{"rt_cd":"0"}}',
    '{"body":{"msg1":"","msg_cd":"(null)"}}',
    '{"body":{"msg1":{},"msg_cd":[]}}',
  ])('%s has neither a heartbeat nor an answer in it', text => {
    expect(read(text)).toEqual({
      kind: 'unreadable',
      reason: 'a control message with neither PINGPONG nor an answer (body.msg1) in it',
    })
  })

  it.each([
    '{"__proto__":{"header":{"tr_id":"PINGPONG"},"body":{"msg1":"x"}}}',
    '{"header":{"__proto__":{"tr_id":"PINGPONG"}}}',
    '{"header":{"tr_id":"PINGPONG"},"constructor":{"prototype":1}}'.replace('PINGPONG', 'x'),
    '{"body":{"__proto__":{"msg1":"x","msg_cd":"OPSP0000"}}}',
  ])('%s does not borrow from its prototype', text => {
    expect(read(text).kind).toBe('unreadable')
    expect(({} as { tr_id?: unknown }).tr_id).toBeUndefined()
  })

  it('may have a code named like a property of every object', () => {
    expect(answerTo(acknowledgement({}, { msg_cd: '__proto__', rt_cd: '9' })).entry.reaction).toBe('give-up')
  })
})

describe('any control message at all', () => {
  const names = fc.constantFrom(
    'header',
    'body',
    'tr_id',
    'tr_key',
    'msg1',
    'msg_cd',
    'rt_cd',
    'output',
    'iv',
    'key',
    '__proto__',
  )
  const leaf = fc.oneof(fc.constantFrom('PINGPONG', '(null)', '0', 'OPSP0000', ''), fc.jsonValue({ maxDepth: 1 }))
  const { message } = fc.letrec(tie => ({
    message: fc.oneof({ maxDepth: 4 }, leaf, fc.dictionary(names, tie('message'), { maxKeys: 4 })),
  }))
  const text = fc.oneof(
    message.map(value => JSON.stringify(value) ?? ''),
    fc.string({ unit: 'binary', maxLength: 60 }).map(rest => `{${rest}`),
  )

  it('is read without throwing', () => {
    fc.assert(
      fc.property(text, said => {
        expect(['heartbeat', 'answer', 'unreadable']).toContain(read(said).kind)
      }),
      tries(2_000),
    )
  })
})
