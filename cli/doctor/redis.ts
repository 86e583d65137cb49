// Redis, where jobs are kept: whether it is there, whether it is new enough, and whether it keeps what it is
// given.
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { Redis } from 'ioredis'
import { redisPlace } from '../../workers/redis/redis.ts'
import { reasonOf } from './answer.ts'
import type { Finding, Context } from './finding.ts'

const check = 'redis'
const connectTimeoutMs = 5_000

/** BullMQ 6 runs from 5.0 and recommends this. */
const recommended = [6, 2] as const

export async function examineRedis({ environment }: Context): Promise<readonly Finding[]> {
  const url = environment['REDIS_URL']
  return url ? await examineNamed(url) : [privateFinding(environment['PATH'] ?? '')]
}

/** Without REDIS_URL, jobs bring a private one. */
function privateFinding(path: string): Finding {
  const program = ['redis-server', 'valkey-server'].find(name =>
    path.split(delimiter).some(folder => folder !== '' && isProgram(join(folder, name))),
  )
  if (program !== undefined) {
    return { check, severity: 'ok', found: `no REDIS_URL; jobs use a private ${program} in the data folder` }
  }
  const found = 'no REDIS_URL and no redis-server: jobs are kept in memory, and forgotten at the end'
  return { check, severity: 'info', found, remedy: 'To keep them: apt-get install redis-server, or set REDIS_URL.' }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

async function examineNamed(url: string): Promise<Finding[]> {
  const place = redisPlace(url)?.replace(/^\w+:\/\//, '')
  if (place === undefined) {
    const remedy = 'Write redis://HOST:PORT, or rediss:// with TLS.'
    return [{ check, severity: 'error', found: 'REDIS_URL is no address', remedy }]
  }
  const redis = new Redis(url, { lazyConnect: true, connectTimeout: connectTimeoutMs, retryStrategy: () => null })
  let trouble = ''
  redis.on('error', error => {
    trouble = reasonOf(error)
  })
  try {
    await redis.connect()
    return judge(place, readInfo(await redis.info()))
  } catch (error) {
    return [unreachable(place, trouble || reasonOf(error))]
  } finally {
    redis.disconnect()
  }
}

/** Redis's own words for a password that is missing, wrong, or not allowed to ask. */
const refusals = /^(WRONGPASS|NOAUTH|NOPERM)\b/

/** A Redis that was named is needed from the start: run and worker do not take another one in its place. */
function unreachable(place: string, reason: string): Finding {
  if (refusals.test(reason)) {
    const remedy =
      'Correct user and password in REDIS_URL (redis://USER:PASSWORD@HOST:PORT), or let that user do what jobs need.'
    return { check, severity: 'error', found: `${place} is there and refuses us: ${reason}`, remedy }
  }
  const remedy = 'Start it, or unset REDIS_URL to have a private one; KIS_JOBS=off streams without jobs.'
  return { check, severity: 'error', found: `${place} cannot be reached: ${reason}`, remedy }
}

export function judge(place: string, info: Readonly<Record<string, string>>): Finding[] {
  // Valkey reports itself as Redis 7.2 to clients that ask for the Redis version alone.
  const version = info['redis_version'] ?? ''
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const isOld = major < recommended[0] || (major === recommended[0] && minor < recommended[1])
  const found = `Redis ${version || 'of an unknown version'} at ${place}`
  const findings: Finding[] = [
    isOld
      ? { check, severity: major < 5 ? 'error' : 'warning', found, remedy: `Take ${recommended.join('.')} or newer.` }
      : { check, severity: 'ok', found },
  ]
  const policy = info['maxmemory_policy']
  if (policy !== undefined && policy !== 'noeviction') {
    const remedy = 'CONFIG SET maxmemory-policy noeviction, and in redis.conf.'
    findings.push({
      check,
      severity: 'error',
      found: `it throws keys away when full (${policy}): jobs get lost`,
      remedy,
    })
  }
  if (info['aof_enabled'] === '0') {
    const remedy = 'CONFIG SET appendonly yes, and in redis.conf.'
    findings.push({ check, severity: 'warning', found: 'no append-only file: a crash forgets the latest jobs', remedy })
  }
  return findings
}

export function readInfo(text: string): Record<string, string> {
  const pairs = text.split(/\r?\n/).flatMap(line => {
    const colon = line.indexOf(':')
    return colon > 0 && !line.startsWith('#') ? [[line.slice(0, colon), line.slice(colon + 1)] as const] : []
  })
  return Object.fromEntries(pairs)
}
