// Says once that Redis is away and once that it is back, however many commands fail in between.
import type { RedisClient } from '../../workers/redis/redis.ts'
import type { Logger } from '../observe/log.ts'

export function watchRedis(redis: RedisClient, log: Logger): { readonly timesAway: () => number } {
  let isAway = false
  let timesAway = 0
  redis.on('close', () => {
    if (isAway || redis.status === 'end') return
    isAway = true
    timesAway++
    log.warn({ timesAway }, 'Redis is away: the stream goes on, jobs wait')
  })
  redis.on('ready', () => {
    if (isAway) log.info({ timesAway }, 'Redis is back')
    isAway = false
  })
  return { timesAway: () => timesAway }
}
