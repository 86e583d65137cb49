// A worker that begins a job and never ends it, to be killed in the midst of it.
import { systemClock } from '../../../market/clock.ts'
import { openRedis } from '../../../workers/redis/redis.ts'
import { startWorkers } from '../../../workers/run.ts'

const [url, prefix] = process.argv.slice(2) as [string, string]
const redis = await openRedis({ url, clock: systemClock })
startWorkers({
  redis,
  prefix,
  processors: {
    'token-refresh'() {
      process.send?.('begun')
      return new Promise(() => {})
    },
  },
  options: { lockDuration: 500, stalledInterval: 200 },
})
process.send?.('ready')
