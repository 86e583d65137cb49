// The shortest program: prints ten trades, then stops the feed. Without keys it uses a simulator
// (connection.ts).
//   KIS_APP_KEY=… KIS_APP_SECRET=… node --import tsx examples/print-trades.ts KRX:005930
import { createFeed } from 'kis-stream'
import { take } from 'rxjs'
import { connect } from './connection.ts'

const { options, close } = await connect()
const [instrument = 'KRX:005930', ...others] = process.argv.slice(2)
const feed = createFeed({ ...options, instruments: [instrument, ...others], market: 'KR' })

feed.trades$.pipe(take(10)).subscribe({
  next: ({ instrument, price, volume, side }) => console.log(instrument, price, volume, side ?? ''),
  complete: () => void feed.stop().then(close),
})
feed.start()
