// Prints one-minute bars, and writes every event to a file as JSON lines, in a thread of its own. A repaired
// bar comes late, behind newer ones: put it into a list of bars by its `startTime`.
//   KIS_APP_KEY=… KIS_APP_SECRET=… node --import tsx examples/minute-bars.ts events.ndjson NAS:AAPL NAS:NVDA
import { createFeed, jsonLines, toBars } from 'kis-stream'
import { connect, onInterrupt } from './connection.ts'

const [file = 'events.ndjson', instrument = 'NAS:AAPL', ...others] = process.argv.slice(2)

const { options, close } = await connect()
const feed = createFeed({
  ...options,
  instruments: [instrument, ...others],
  channels: ['trade', 'order-book'],
  market: 'US',
})

const lines = jsonLines({ to: file })
feed.attach(lines, file)
feed.events$.pipe(toBars('1m')).subscribe(({ instrument, startTime, open, high, low, close, volume, isRepaired }) => {
  const minute = new Date(startTime).toISOString().slice(11, 16)
  console.log(instrument, minute, open, high, low, close, volume, isRepaired ? 'repaired' : '')
})
onInterrupt(async () => {
  await feed.stop()
  await lines.close()
  await close()
})
feed.start()
console.log(`Events go to ${file}; a bar is printed when its minute is over.`)
