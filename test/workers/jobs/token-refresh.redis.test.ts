// The race for a credential, on a real Redis and on the embedded one. KIS is a function here that counts; the
// simulator's KIS is asked in the scenarios.
import { describe, expect, it } from 'vitest'
import { hourMs } from '../../../market/basics/durations.ts'
import { KisError } from '../../../kis/errors.ts'
import { Secret } from '../../../kis/secret.ts'
import { fingerprintOf, prefixOf } from '../../../workers/redis/scope.ts'
import { createSharedCredential } from '../../../workers/redis/shared-credential.ts'
import { type RefreshDeps, refresh, refreshToken, tokenRules } from '../../../workers/jobs/token-refresh.ts'
import { createTokenStore, type Lease } from '../../../workers/redis/token-store.ts'
import { TryLater } from '../../../workers/try-later.ts'
import {
  connected,
  everythingIn,
  isMissing,
  type RedisKind,
  redisKinds,
  redisRig,
  testOwner,
} from '../../support/servers/redis.ts'

async function rig(kind: RedisKind, options: { lockMs?: number; lifetimeMs?: number } = {}) {
  const source = await redisRig(kind)
  const redis = await connected(source)
  const kis = {
    asked: 0,
    answer: async () => new Secret(`TOKEN-NUMBER-${kis.asked}`),
  }
  const storeFor = async () =>
    createTokenStore({
      redis: await connected(source),
      owner: testOwner,
      kind: 'token',
      ...(options.lockMs === undefined ? {} : { lockMs: options.lockMs }),
    })
  async function process(): Promise<RefreshDeps> {
    return {
      store: await storeFor(),
      rules: tokenRules,
      async issue() {
        kis.asked++
        return { secret: await kis.answer(), lifetimeMs: options.lifetimeMs ?? 24 * hourMs }
      },
    }
  }
  const key = (name: string) => `${prefixOf(testOwner)}:${name}`
  /** As if KIS had issued nothing for longer than its pause. */
  const passThePause = () => redis.del(key('token_pause'))
  return { redis, kis, storeFor, process, key, passThePause }
}

async function leaseOf(lock: Promise<Lease | { waitMs: number }>): Promise<Lease> {
  const lease = await lock
  if (!('fence' in lease)) throw new Error(`somebody has the lock for ${lease.waitMs} ms`)
  return lease
}

describe.each(redisKinds)('a token, on %s', kind => {
  const test = it.skipIf(isMissing(kind))

  test('is issued once, however many ask at once, and everybody has the same', async () => {
    const { kis, process } = await rig(kind)
    const processes = await Promise.all(Array.from({ length: 16 }, process))

    const got = await Promise.all(processes.map(deps => refresh(deps)))

    expect(kis.asked).toBe(1)
    expect(got.map(({ outcome }) => outcome).sort()).toEqual([...Array(1).fill('issued'), ...Array(15).fill('kept')])
    expect(new Set(got.map(({ held }) => held.secret.reveal()))).toEqual(new Set(['TOKEN-NUMBER-1']))
  })

  test('is renewed when an hour is left of it, and not before', async () => {
    const { redis, kis, process, key, passThePause } = await rig(kind)
    const deps = await process()
    await refresh(deps)
    const leave = async (leftMs: number) => {
      const { now } = await deps.store.read()
      await redis.hset(key('token'), 'expiresAt', now + leftMs)
      await passThePause()
    }

    await leave(hourMs + 30_000)
    expect((await refresh(deps)).outcome).toBe('kept')
    await leave(hourMs)
    expect((await refresh(deps)).outcome).toBe('issued')
    expect(kis.asked).toBe(2)
  })

  test('that KIS refuses is renewed at once, by one of those whom it was refused', async () => {
    const { kis, process, passThePause } = await rig(kind)
    const processes = await Promise.all(Array.from({ length: 8 }, process))
    const { held } = await refresh(processes[0] as RefreshDeps)
    await passThePause()

    const got = await Promise.all(processes.map(deps => refresh(deps, held.fingerprint)))

    expect(kis.asked).toBe(2)
    expect(new Set(got.map(({ held: { secret } }) => secret.reveal()))).toEqual(new Set(['TOKEN-NUMBER-2']))
  })

  test('that KIS refuses within a minute of its issue is not asked for again before the minute is over', async () => {
    const { kis, process } = await rig(kind)
    const deps = await process()
    const { held } = await refresh(deps)

    const error = await refresh(deps, held.fingerprint).catch((reason: unknown) => reason)

    expect(error).toBeInstanceOf(TryLater)
    expect((error as TryLater).waitMs).toBeGreaterThan(50_000)
    expect((error as TryLater).waitMs).toBeLessThanOrEqual(60_000)
    expect(kis.asked).toBe(1)
  })

  test('that KIS will not issue yet (EGW00133) keeps everybody from asking for a minute', async () => {
    const { redis, kis, process, key } = await rig(kind)
    const [one, other] = [await process(), await process()]
    kis.answer = async () => {
      throw new KisError('rate-limit', 'once a minute', { code: 'EGW00133' })
    }
    await expect(refresh(one)).rejects.toBeInstanceOf(TryLater)
    await expect(refresh(other)).rejects.toBeInstanceOf(TryLater)
    expect(kis.asked).toBe(1)
    expect(await redis.exists(key('token_refresh'))).toBe(0)
  })

  test.each([
    ['refuses to issue another (EGW00133)', 'EGW00133'],
    ['has trouble of its own', 'EGW00002'],
  ])('that is good for a while yet will do when KIS %s', async (_, code) => {
    const { redis, kis, process, key, passThePause } = await rig(kind)
    const deps = await process()
    await refresh(deps)
    const { now } = await deps.store.read()
    await redis.hset(key('token'), 'expiresAt', now + hourMs / 2)
    await passThePause()
    kis.answer = async () => {
      throw new KisError('rate-limit', 'not now', { code })
    }
    expect(await refresh(deps)).toMatchObject({ outcome: 'kept' })
    expect(kis.asked).toBe(2)
  })

  test('is not asked for again by those who waited when KIS refuses the keys: each learns it by itself', async () => {
    const { kis, process } = await rig(kind)
    kis.answer = async () => {
      throw new KisError('invalid-request', 'the app key is wrong', { code: 'EGW00103' })
    }
    const [one, other] = [await process(), await process()]
    const errors = await Promise.all([one, other].map(deps => refresh(deps).catch((reason: unknown) => reason)))
    expect(errors.map(error => (error as KisError).code)).toEqual(['EGW00103', 'EGW00103'])
    expect(kis.asked).toBe(2)
  })

  test('is issued to the next one when the holder of the lock was killed, no later than the lock ends', async () => {
    const { redis, kis, storeFor, process, key } = await rig(kind, { lockMs: 300 })
    await leaseOf((await storeFor()).lock())
    const lockEnds = (await redis.pttl(key('token_refresh'))) as number

    const { outcome } = await refresh(await process())

    expect(lockEnds).toBeLessThanOrEqual(300)
    expect(outcome).toBe('issued')
    expect(kis.asked).toBe(1)
  })

  test('is kept from a holder that overslept: what it brings is older', async () => {
    const { storeFor, process, redis, key } = await rig(kind)
    const sleeper = await storeFor()
    const asleep = await leaseOf(sleeper.lock())
    await redis.del(key('token_refresh')) // its ten seconds are over
    const { held } = await refresh(await process())

    const isKept = await sleeper.save(asleep, { secret: new Secret('AN-OLDER-TOKEN'), lifetimeMs: hourMs }, 1)

    expect(isKept).toBe(false)
    expect((await sleeper.read()).held?.secret.reveal()).toBe(held.secret.reveal())
  })

  test('is kept when its holder overslept and no other process has saved one meanwhile', async () => {
    const { storeFor, redis, key } = await rig(kind)
    const sleeper = await storeFor()
    const asleep = await leaseOf(sleeper.lock())
    await redis.del(key('token_refresh'))
    const next = await leaseOf((await storeFor()).lock())

    expect(await sleeper.save(asleep, { secret: new Secret('TOKEN-OF-ONE'), lifetimeMs: hourMs }, 1)).toBe(true)
    expect(await sleeper.save(next, { secret: new Secret('TOKEN-OF-TWO'), lifetimeMs: hourMs }, 1)).toBe(true)
    expect((await sleeper.read()).held?.secret.reveal()).toBe('TOKEN-OF-TWO')
  })

  test('has a lock that only its owner releases', async () => {
    const { storeFor, redis, key } = await rig(kind)
    const sleeper = await storeFor()
    const asleep = await leaseOf(sleeper.lock())
    await redis.del(key('token_refresh'))
    const other = await storeFor()
    const lease = await leaseOf(other.lock())

    await sleeper.release(asleep)
    expect(await other.lock()).toHaveProperty('waitMs')
    await other.release(lease)
    expect(await other.lock()).toHaveProperty('fence')
  })

  test('cannot be read in Redis, nor can who it belongs to; with another app secret it is as good as none', async () => {
    const { redis, process } = await rig(kind)
    await refresh(await process())

    const everything = await everythingIn(redis)
    for (const secret of ['TOKEN-NUMBER-1', testOwner.appKey.reveal(), testOwner.appSecret.reveal()]) {
      expect(everything).not.toContain(secret)
      expect(everything).not.toContain(Buffer.from(secret).toString('base64url').slice(0, -2))
    }
    const stranger = { ...testOwner, appSecret: new Secret('ANOTHER-APP-SECRET') }
    const { held } = await createTokenStore({ redis, owner: stranger, kind: 'token' }).read()
    expect(held).toBeUndefined()
  })

  test('is forgotten by Redis when it has expired', async () => {
    const { process, redis, key } = await rig(kind, { lifetimeMs: 2 * hourMs })
    await refresh(await process())
    const leftMs = (await redis.pttl(key('token'))) as number
    expect(leftMs).toBeGreaterThan(2 * hourMs - 60_000)
    expect(leftMs).toBeLessThanOrEqual(2 * hourMs)
  })

  test('as a job renews by schedule only what is there, and by hand has the first one issued', async () => {
    const { kis, process } = await rig(kind)
    const deps = await process()
    expect(await refreshToken({ reason: 'scheduled' }, deps)).toEqual({ outcome: 'nothing-to-renew', expiresAt: null })
    expect(kis.asked).toBe(0)
    const byHand = await refreshToken({ reason: 'by-hand' }, deps)
    expect(byHand).toMatchObject({ outcome: 'issued', expiresAt: expect.stringMatching(/^\d{4}-.*\+09:00$/) })
    expect(await refreshToken({ reason: 'scheduled' }, deps)).toMatchObject({ outcome: 'kept' })
    expect(await refreshToken({ reason: 'refused', refused: 'somebody-elses' }, deps)).toMatchObject({
      outcome: 'kept',
    })
  })

  test('as a client asks for it, is there while Redis is away if it was read before, and never issued without the lock', async () => {
    const { kis, process, redis, passThePause } = await rig(kind)
    const deps = await process()
    const secrets: Secret[] = []
    let isAway = false
    const store: RefreshDeps['store'] = {
      ...deps.store,
      read: () => (isAway ? Promise.reject(new Error('Redis is away')) : deps.store.read()),
    }
    const parts = { ...deps, store, clock: { now: () => 0 }, onSecret: (secret: Secret) => void secrets.push(secret) }
    const tokens = createSharedCredential(parts)
    const token = await tokens.current()

    isAway = true
    await expect(tokens.current()).rejects.toThrow('Redis is away')
    expect(tokens.last()?.reveal()).toBe(token.reveal())
    await expect(tokens.renew(token)).rejects.toThrow('Redis is away')
    expect(tokens.last()).toBeUndefined()
    expect(kis.asked).toBe(1)

    isAway = false
    await passThePause()
    const renewed = await tokens.renew(token)
    expect(fingerprintOf(renewed)).not.toBe(fingerprintOf(token))
    expect(secrets.map(secret => secret.reveal())).toEqual(['TOKEN-NUMBER-1', 'TOKEN-NUMBER-2'])
    expect(await redis.exists(`${prefixOf(testOwner)}:token_refresh`)).toBe(0)
  })
})
