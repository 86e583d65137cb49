// A process that uses a data folder's own Redis until it is killed.
import { systemClock } from '../../../market/clock.ts'
import { openRedis } from '../../../workers/redis/redis.ts'

const source = await openRedis({ folder: process.argv[2] as string, clock: systemClock })
const redis = source.connect('work')
await redis.ping()
process.on('message', () => void redis.set('a', '1').then(said => process.send?.(said)))
process.send?.('ready')
