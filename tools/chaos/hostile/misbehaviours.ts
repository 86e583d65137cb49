// Ways in which a server, or something between it and us, behaves badly. The simulator's own faults are
// played as well; these are what no simulator of a market would do.
import { gzipSync } from 'node:zlib'
import {
  acknowledgement,
  bigEndian,
  frameOf,
  handshakeFor,
  issued,
  json,
  type Misbehaviour,
  planted,
  refusalText,
  type Session,
  tradeText,
} from './stand-in.ts'

const megabyte = 'x'.repeat(1024 * 1024)
const escapes = '\u001b[2J\u001b[31mOPSP\u0007\u009b1m\r\n{"level":"error","msg":"forged line"}\r\n'
const now = () => Date.now()

/** As fast as the other side reads, until it leaves. */
function endlessly(response: NodeJS.WritableStream, piece: string): void {
  const more = () => {
    while (response.writable && response.write(piece));
  }
  response.on('drain', more)
  more()
}

/** Everything that was sent, in every field of an answer. */
function reflection(headers: unknown, body: string): Record<string, unknown> {
  const all = `${JSON.stringify(headers)} ${body}`
  return Object.fromEntries(
    ['rt_cd', 'msg_cd', 'msg1', 'message', 'error_code', 'error_description', 'output', 'output1'].map(name => [
      name,
      all,
    ]),
  )
}

const overRest: readonly Misbehaviour[] = [
  {
    name: 'approval: a byte each 300 ms, for ever',
    approval(response) {
      response.writeHead(200, { 'Content-Type': 'application/json' })
      const timer = setInterval(() => response.write(' '), 300)
      response.on('close', () => clearInterval(timer))
    },
  },
  {
    name: 'approval: a flood of 1xx answers',
    approval(response) {
      const timer = setInterval(() => response.socket?.write('HTTP/1.1 102 Processing\r\n\r\n'.repeat(100)), 20)
      response.on('close', () => clearInterval(timer))
    },
  },
  { name: 'approval: a body without end', approval: response => endlessly(response.writeHead(200), megabyte) },
  { name: 'approval: no answer', approval: () => {} },
  { name: 'approval: hangs up at once', approval: response => response.destroy() },
  {
    name: 'approval: hangs up in the middle of a body',
    approval: response =>
      void response.writeHead(200, { 'Content-Length': '1000' }).write('{"approval_key":', () => response.destroy()),
  },
  {
    name: 'approval: a page of a gateway',
    approval: response =>
      void response.writeHead(502, { 'Content-Type': 'text/html' }).end('<html><b>502 Bad Gateway</b></html>'),
  },
  {
    name: 'approval: refused, the whole request in every field',
    approval: (response, { request, body }) => json(response, reflection(request.headers, body), 403),
  },
  {
    name: 'approval: granted, the whole request beside the key',
    approval: (response, { request, body }) =>
      json(response, { ...reflection(request.headers, body), approval_key: issued.approvalKey }),
  },
  {
    name: 'approval: nested a hundred thousand times',
    approval: response => void response.end(`${'['.repeat(100_000)}${']'.repeat(100_000)}`),
  },
  {
    name: 'approval: packed zeros',
    approval: response =>
      void response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(gzipSync(Buffer.alloc(50 * 1024 * 1024))),
  },
  { name: 'approval: a key of a megabyte', approval: response => json(response, { approval_key: megabyte }) },
  {
    name: 'approval: a key with control characters',
    approval: response => json(response, { approval_key: `${escapes}${issued.approvalKey}` }),
  },
  { name: 'approval: a key that is a number', approval: response => json(response, { approval_key: 5 }) },
  { name: 'approval: null', approval: response => json(response, null) },
  {
    name: 'approval: led round in a circle',
    approval: response => void response.writeHead(302, { Location: '/oauth2/Approval' }).end(),
  },
  { name: 'approval: too many requests, no text', approval: response => void response.writeHead(429).end() },
  {
    name: 'approval: headers of 200 KB',
    approval: response =>
      void response.socket?.end(`HTTP/1.1 200 OK\r\n${`X-A: ${'y'.repeat(1_000)}\r\n`.repeat(200)}\r\n{}`),
  },
  {
    name: 'approval: two lengths',
    approval: response =>
      void response.socket?.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 200\r\n\r\n{}'),
  },
  { name: 'approval: no HTTP', approval: response => void response.socket?.end('220 smtp ready\r\n') },
  {
    name: 'token: a byte each 300 ms, for ever',
    losesTrades: true,
    token(response) {
      const timer = setInterval(() => response.write(' '), 300)
      response.on('close', () => clearInterval(timer))
    },
  },
  {
    name: 'token: refused, the whole request in every field',
    losesTrades: true,
    token: (response, { request, body }) => json(response, reflection(request.headers, body), 403),
  },
  {
    name: 'token: lives for true seconds',
    losesTrades: true,
    token: response => json(response, { access_token: issued.token, expires_in: true }),
  },
  {
    name: 'quotations: refused, the whole request in every field',
    losesTrades: true,
    quotation: (response, { request, body }) =>
      json(response, { ...reflection(request.headers, body), rt_cd: '1', url: request.url }, 500),
  },
  {
    name: 'quotations: granted, the whole request in every field',
    losesTrades: true,
    quotation: (response, { request, body }) =>
      json(response, {
        ...reflection(request.headers, body),
        rt_cd: '0',
        output2: [reflection(request.headers, body)],
      }),
  },
  { name: 'quotations: no answer', losesTrades: true, quotation: () => {} },
  {
    name: 'quotations: a body without end',
    losesTrades: true,
    quotation: response => endlessly(response.writeHead(200), megabyte),
  },
  {
    name: 'quotations: too many requests, the code in another field',
    losesTrades: true,
    quotation: response =>
      json(response, { rt_cd: '1', msg1: '초당 거래건수를 초과하였습니다.', message: 'EGW00201' }, 500),
  },
]

const handshakes: readonly Misbehaviour[] = [
  { name: 'handshake: no answer', upgrade: () => {} },
  {
    name: 'handshake: a wrong accept',
    upgrade: link =>
      void link.write(
        'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: bm8=\r\n\r\n',
      ),
  },
  {
    name: 'handshake: led elsewhere',
    upgrade: link => void link.end('HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n'),
  },
  { name: 'handshake: hangs up', upgrade: link => void link.destroy() },
  { name: 'handshake: bytes that are no HTTP', upgrade: link => endlessly(link, '\u0000\u0001\u0002'.repeat(10_000)) },
  {
    name: 'handshake: a header without end',
    upgrade(link) {
      link.write('HTTP/1.1 101 Switching Protocols\r\nX-A: ')
      endlessly(link, 'y'.repeat(10_000))
    },
  },
  {
    name: 'handshake: accepted, then closed, again and again',
    upgrade: (link, request) => void link.end(handshakeFor(request)),
  },
]

const opened = (name: string, opened: Misbehaviour['opened']): Misbehaviour => ({ name, ...(opened && { opened }) })
/** The same bytes at once and every 200 ms. */
const says = (name: string, bytes: () => Uint8Array): Misbehaviour =>
  opened(name, (session, every) => {
    session.raw(bytes())
    every(200, () => session.raw(bytes()))
  })
const saysText = (name: string, text: () => string): Misbehaviour => says(name, () => frameOf(text()))

let symbols = 0
const frames: readonly Misbehaviour[] = [
  saysText('frame: 2 MB of text', () => `0|H0STCNT0|001|${megabyte}${megabyte}`),
  says('frame: says it is 2^62 bytes', () => Buffer.concat([Buffer.from([0x81, 127]), bigEndian(1n << 62n)])),
  says('frame: fragments without end', () => frameOf('y'.repeat(60_000), 0x01)),
  says('frame: a continuation of nothing', () => frameOf('y', 0x80)),
  says('frame: masked, which a server never does', () => Buffer.from([0x81, 0x81, 1, 2, 3, 4, 5])),
  says('frame: an unknown opcode', () => frameOf('y', 0x8b)),
  says('frame: reserved bits', () => frameOf('y', 0xf1)),
  says('frame: binary', () => frameOf(Buffer.from('0|H0STCNT0|001|\u0000\u00ff', 'latin1'), 0x82)),
  says('frame: bytes that are no UTF-8', () => frameOf(Buffer.from([0x30, 0x7c, 0xff, 0xfe, 0xc0, 0x7c]))),
  says('close: a reason that is no UTF-8', () => frameOf(Buffer.from([0x03, 0xf5, 0xff, 0xfe]), 0x88)),
  says('close: a reason with escape sequences', () =>
    frameOf(Buffer.concat([Buffer.from([0x03, 0xf5]), Buffer.from(escapes).subarray(0, 100)]), 0x88),
  ),
  says('ping: ten thousand at once', () => Buffer.concat(Array.from({ length: 10_000 }, () => frameOf('p', 0x89)))),
  saysText('PINGPONG: 100 KB', () => `{"header":{"tr_id":"PINGPONG","datetime":"${'2'.repeat(100_000)}"}}`),
  says('PINGPONG: ten thousand at once', () =>
    Buffer.concat(Array.from({ length: 10_000 }, () => frameOf('{"header":{"tr_id":"PINGPONG"}}'))),
  ),
  opened('PINGPONG: a flood, and what comes back is never read', (session, every) => {
    session.link.pause()
    const echo = frameOf(`{"header":{"tr_id":"PINGPONG","datetime":"${'2'.repeat(900)}"}}`)
    every(5, () => session.raw(Buffer.concat(Array.from({ length: 500 }, () => echo))))
  }),
  saysText('answer: 900 KB', () => refusalText('OPSP8999', 'y'.repeat(900_000))),
  saysText('answer: nested fifty thousand times', () => `{"header":${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}}`),
  saysText('answer: escape sequences and forged lines', () => refusalText(escapes, escapes)),
  saysText('answer: a code that is a sentence', () => refusalText('drop table; select', 'y')),
  saysText(
    'data: escape sequences in every column',
    () => `0|H0STCNT0|001|${Array.from({ length: 47 }, () => escapes).join('^')}`,
  ),
  saysText('data: secrets in the columns of a record', () => {
    // All that this process has by now: a token is issued when a job asks for one.
    const columns = [issued.approvalKey, planted.appSecret, planted.appKey, planted.htsId]
    return `0|H0STPGM0|001|005930^${columns.join('^')}^1^2^3^4^5`
  }),
  saysText('data: secrets in what is no frame', () => `{"approval_key":'${issued.approvalKey}', ${planted.appSecret}`),
  saysText('data: a hundred thousand columns', () => `0|H0STCNT0|001|${'1^'.repeat(100_000)}`),
  saysText(
    'data: says it is 999 records',
    () => `0|H0STCNT0|999|${tradeText('005930', { time: now(), total: 1 }).slice(15)}`,
  ),
  saysText('data: negative prices', () => tradeText('005930', { time: now(), total: 2_000, price: -5 })),
  saysText('data: a total of 9e14', () => tradeText('005930', { time: now(), total: 9e14 })),
  says('data: two thousand new symbols each time', () =>
    Buffer.concat(
      Array.from({ length: 2_000 }, () =>
        frameOf(tradeText(String(++symbols % 1_000_000).padStart(6, '0'), { time: now(), total: 10 })),
      ),
    ),
  ),
  says('data: a flood of one trade', () => {
    const frame = frameOf(tradeText('005930', { time: now(), total: 5_000 }))
    return Buffer.concat(Array.from({ length: 2_000 }, () => frame))
  }),
  saysText('notice: sealed with a key that never comes', () => `1|H0STCNI0|001|${'QUJD'.repeat(20_000)}`),
  opened('data: a byte each 20 ms', (session, every) => {
    const frame = frameOf(tradeText('000660', { time: now(), total: 70 }))
    let at = 0
    every(20, () => session.raw(frame.subarray(at % frame.length, (at++ % frame.length) + 1)))
  }),
]

const reset = ({ link }: Session) =>
  'resetAndDestroy' in link && (link as { resetAndDestroy(): void }).resetAndDestroy()

const answers: readonly Misbehaviour[] = [
  { name: 'answer: none, ever', asked: () => {}, hasData: false },
  { name: 'answer: acknowledged and silent', hasData: false },
  {
    name: 'answer: everything twice',
    asked(session, request) {
      session.send(acknowledgement(request))
      session.send(acknowledgement(request))
    },
  },
  {
    name: 'answer: for a request that was not made',
    asked: session => session.send(acknowledgement({ verb: 'subscribe', tr: 'H0STCNT0', key: '999999' })),
  },
  {
    name: 'answer: the app key is in use, always',
    asked: session => session.send(refusalText('OPSP8996', 'ALREADY IN USE appkey')),
    hasData: false,
  },
  {
    name: 'answer: refused, with the approval key and the request',
    asked: (session, request) =>
      session.send(refusalText(`no ${session.approvalKey}`, `invalid approval : ${session.approvalKey}`, request)),
  },
  {
    name: 'answer: refused with OPSP0011 and the approval key',
    asked: (session, request) =>
      session.send(refusalText('OPSP0011', `invalid approval : ${session.approvalKey}`, request)),
  },
  { name: 'answer: reset', asked: session => void reset(session) },
  opened('connection: cut every 200 ms', (session, every) => every(200, () => session.link.destroy())),
]

export const misbehaviours: readonly Misbehaviour[] = [...overRest, ...handshakes, ...frames, ...answers]
