// Missing trades are fetched: gaps become jobs, and the trades that REST has come back into the stream. A
// job can also be added by hand.
//   KIS_APP_KEY=… KIS_APP_SECRET=… node --import tsx examples/repaired-trades.ts KRX:005930
// Without keys nothing is lost, so nothing is repaired: start `kis-stream simulate --fault lose:10%` and set
// the variables it prints.
import { createFeed, openJobs } from 'kis-stream'
import { connect, onInterrupt } from './connection.ts'

const { REDIS_URL, KIS_DATA_FOLDER } = process.env
const [instrument = 'KRX:005930', ...others] = process.argv.slice(2)
const connection = await connect()
const options = {
  ...connection.options,
  instruments: [instrument, ...others],
  market: 'KR' as const,
  ...(KIS_DATA_FOLDER && { dataFolder: KIS_DATA_FOLDER }),
}
const jobs = await openJobs({ ...options, ...(REDIS_URL && { redisUrl: REDIS_URL }) })
console.log(jobs.says)
// Every gap becomes a job. The token, the approval key and the pace of REST calls are shared with every
// process of this app key.
const feed = createFeed({ ...options, jobs })

feed.events$.subscribe(event => {
  if (event.type === 'gap') console.log(event.instrument, 'missed', event.missingVolume, 'shares:', event.cause)
  if (event.type === 'backfill') console.log(event.instrument, 'repaired', event.trades.length, 'trades')
  if (event.type === 'gap-verdict') console.log(event.instrument, event.verdict, ...event.evidence)
})
onInterrupt(async () => {
  await feed.stop()
  await jobs.close()
  await connection.close()
})
feed.start()
await jobs.startWorkers()

const id = await jobs.enqueue('key-validation', `asked-${Date.now()}`, { dryRun: true })
const end = await jobs.done('key-validation', id)
if (end.state === 'completed')
  console.log('May keys be checked now?', end.result.allowed, end.result.reason, end.result.next)
