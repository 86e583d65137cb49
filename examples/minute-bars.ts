// One-minute bars and everything else that happens, as JSON lines in a file. Serialised in a thread of its own.
//   KIS_APP_KEY=… KIS_APP_SECRET=… npx tsx examples/minute-bars.ts events.ndjson NAS:AAPL NAS:NVDA
import { createFeed, jsonLines, toBars } from 'kis-stream'

const [file = 'events.ndjson', ...instruments] = process.argv.slice(2)

const feed = createFeed({
  appKey: process.env['KIS_APP_KEY'] ?? '',
  appSecret: process.env['KIS_APP_SECRET'] ?? '',
  instruments,
  channels: ['trade', 'order-book'],
  market: 'US',
})

const lines = jsonLines({ to: file })
feed.attach(lines, file)
feed.events$
  .pipe(toBars('1m'))
  .subscribe(bar => console.log(bar.instrument, bar.open, bar.high, bar.low, bar.close, bar.volume))
feed.start()

process.once('SIGINT', () => void feed.stop().then(() => lines.close()))
