// A sink of your own: trades as lines of CSV, to anything that takes text. A sink is a function from events
// to a subscription. Slow work belongs behind `consume`, so that the feed does not wait for it.
//   KIS_APP_KEY=… KIS_APP_SECRET=… node --import tsx examples/own-sink.ts > trades.csv
import { pathToFileURL } from 'node:url'
import { type Backpressure, consume, createFeed, type Sink } from 'kis-stream'
import { connect, onInterrupt } from './connection.ts'

export function csvTrades(write: (text: string) => Promise<void>, backpressure: Backpressure = {}): Sink {
  return consume(async event => {
    if (event.type === 'trade') {
      const { receivedTime, instrument, price, volume } = event
      await write(`${receivedTime},${instrument},${price ?? ''},${volume ?? ''}\n`)
    } else if (event.type === 'dropped') {
      const { from, to, count } = event
      await write(`# from ${from} to ${to}: ${count} events that came faster than they could be written\n`)
    }
  }, backpressure)
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { options, close } = await connect()
  const feed = createFeed({ ...options, instruments: ['KRX:005930'], market: 'KR' })
  feed.attach(csvTrades(text => new Promise(written => process.stdout.write(text, () => written()))))
  feed.start()
  onInterrupt(() => feed.stop().then(close))
}
