// A gateway before REST that sends back what it was sent, head and body, in every field of every kind of
// answer: neither an error, nor a log line, nor a job's outcome, nor Redis on disk, nor the recording holds a
// secret of ours.
import { readdirSync, readFileSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { openJobs } from '../../../app/jobs/jobs.ts'
import { readSettings } from '../../../app/settings/settings.ts'
import { issueApprovalKey, issueToken } from '../../../kis/credentials.ts'
import { createRestClient } from '../../../kis/rest/client.ts'
import { Secret } from '../../../kis/secret.ts'
import { entriesOf, textsOf } from '../../recording/support.ts'
import { eventually, feedRig, planted } from '../../support/rigs/feed.ts'
import { accessToken, type Reflected, startMirror } from '../../support/servers/mirror.ts'
import { serverProgram, temporaryFolder } from '../../support/servers/redis.ts'

type Answer = (request: Reflected, response: ServerResponse) => void

const json = (response: ServerResponse, status: number, body: object) =>
  void response.writeHead(status).end(JSON.stringify(body))
const longest = ({ secrets }: Reflected) => secrets.toSorted((a, b) => b.length - a.length)[0] ?? ''

const answers: Readonly<Record<string, Answer>> = {
  'every field': ({ text }, response) =>
    json(response, 500, {
      rt_cd: text,
      msg_cd: text,
      msg1: text,
      error_code: text,
      error_description: text,
      message: text,
    }),
  'a secret as the code': (request, response) =>
    json(response, 500, { rt_cd: '1', msg_cd: longest(request), msg1: 'no' }),
  'a secret as rt_cd': (request, response) => json(response, 500, { rt_cd: longest(request) }),
  'a secret as the message': (request, response) => json(response, 500, { message: longest(request) }),
  'the text of a final refusal': ({ text }, response) =>
    json(response, 200, { rt_cd: '1', msg_cd: 'OPSQ0002', msg1: text }),
  'the text of a refusal under oauth2': ({ text }, response) =>
    json(response, 403, { error_code: 'EGW00103', error_description: text }),
  'too many calls': ({ text }, response) => json(response, 429, { msg_cd: text, msg1: text }),
  'words without a code': ({ secrets }, response) =>
    json(response, 500, { rt_cd: '1', msg1: secrets.map(encodeURIComponent).join('&') }),
  'no JSON': ({ text }, response) => void response.writeHead(502).end(`<pre>${text}</pre>`),
  'JSON that is cut off': ({ text }, response) =>
    void response.writeHead(200).end(JSON.stringify({ text }).slice(0, -1)),
  'a redirection': (request, response) =>
    void response.writeHead(302, { location: `http://127.0.0.1:1/${longest(request)}` }).end(),
  'a head that cannot be read': (request, response) =>
    void response.socket?.end(`HTTP/1.1 200 OK\r\n${longest(request)}\u0000: ${request.text}\r\n\r\n`),
}

function expectNone(text: string, secrets: readonly string[]): void {
  for (const secret of secrets) {
    expect(text).not.toContain(secret)
    expect(text).not.toContain(encodeURIComponent(secret))
    expect(text).not.toContain(JSON.stringify(secret).slice(1, -1))
  }
}

const keys = { appKey: new Secret(planted.appKey), appSecret: new Secret(`${planted.appSecret}+/a=`) }

describe.each(Object.entries(answers))('%s', (_, answer) => {
  it('is in no error of a call', async () => {
    const mirror = await startMirror()
    mirror.answers(answer)
    const rest = createRestClient({
      baseUrl: mirror.restUrl,
      clock: { now: () => 0 },
      spacingMs: 0,
      timeoutMs: 30_000,
      checkCertificate: true,
    })
    const headers = {
      authorization: `Bearer ${accessToken}`,
      appkey: keys.appKey.reveal(),
      appsecret: keys.appSecret.reveal(),
    }
    const calls = [
      issueApprovalKey(rest, keys),
      issueToken(rest, keys, 0),
      rest.get({ path: '/quotation', parameters: {}, headers }),
    ]
    const failed: unknown[] = (await Promise.allSettled(calls)).map(outcome =>
      'reason' in outcome ? outcome.reason : undefined,
    )
    await rest.close()
    expect(mirror.calls()).toBe(3)
    expect(failed.filter(error => error instanceof Error)).toHaveLength(3)
    const text = failed
      .map(error => [
        inspect(error, { depth: 12, showHidden: true }),
        JSON.stringify(error),
        String((error as Error).stack),
      ])
      .join('\n')
    expectNone(text, mirror.secrets())
    expect(mirror.secrets()).toHaveLength(3)
  })
})

it('a feed that is refused its approval key says so without it, to its log, its events and its recording', async () => {
  const mirror = await startMirror()
  const said: unknown[] = []
  const say = (...what: unknown[]) => void said.push(what)
  const folder = temporaryFolder()
  const kinds = Object.values(answers).slice(0, 5)
  mirror.answers((request, response) => kinds[mirror.calls() % kinds.length]?.(request, response))
  const log = { debug: say, info: say, warn: say, error: say }
  const rig = await feedRig({ restUrl: mirror.restUrl, socketUrl: mirror.wsUrl, recordFolder: folder, log })
  await eventually(() => mirror.calls() > kinds.length)
  said.push(rig.feed.status(), rig.feed.subscriptions())
  await rig.feed.stop()
  const text = [inspect(said, { depth: 9 }), JSON.stringify(rig.events), ...textsOf(await entriesOf(folder))].join('\n')
  expect(text).toContain('[redacted]')
  expectNone(text, mirror.secrets())
})

describe.skipIf(serverProgram === undefined)('jobs', () => {
  it('that are refused say so without it: to the log, to who waits for them, and in Redis, on disk as well', async () => {
    const mirror = await startMirror()
    const settings = readSettings({ ...planted, restUrl: mirror.restUrl, socketUrl: mirror.wsUrl })
    const said: unknown[] = []
    const say = (...what: unknown[]) => void said.push(what)
    const folder = temporaryFolder()
    const log = { debug: say, info: say, warn: say, error: say }
    const jobs = await openJobs(settings, { dataFolder: folder, log, queues: ['gap-validation', 'token-refresh'] })
    mirror.answers((request, response) => {
      if (request.path === '/oauth2/tokenP')
        return json(response, 200, { access_token: accessToken, expires_in: 86_400 })
      return answers['the text of a final refusal']?.(request, response)
    })
    await jobs.startWorkers()
    const span = { fromVolume: 1, toVolume: 2, from: null, to: null, missingVolume: 1, cause: 'by-hand' } as const
    const gap = { instrument: 'KRX:005930', businessDate: 20260914, ...span } as const
    await jobs.enqueue('gap-validation', 'one', gap)
    said.push(await jobs.done('gap-validation', 'one'))
    said.push(await jobs.queues.list())
    await jobs.close()

    const home = join(folder, 'redis')
    const files = readdirSync(home, { recursive: true, withFileTypes: true }).filter(file => file.isFile())
    const kept = files.map(file => readFileSync(join(file.parentPath, file.name), 'latin1'))
    expect(kept.join('\n')).toContain('gap-validation')
    const text = [inspect(said, { depth: 9 }), ...kept].join('\n')
    expect(text).toContain('OPSQ0002')
    expectNone(text, [planted.appKey, planted.appSecret, accessToken])
  })
})
