// The shortest program: print ten trades, then leave properly.
//   KIS_APP_KEY=… KIS_APP_SECRET=… npx tsx examples/print-trades.ts KRX:005930
// Without keys, start `kis-stream simulate` and set the two addresses it prints.
import { createFeed } from 'kis-stream'
import { take } from 'rxjs'

const { KIS_APP_KEY = '', KIS_APP_SECRET = '', KIS_REST_URL, KIS_WS_URL } = process.env

const feed = createFeed({
  appKey: KIS_APP_KEY,
  appSecret: KIS_APP_SECRET,
  instruments: process.argv.slice(2),
  market: 'KR',
  ...(KIS_REST_URL && { restUrl: KIS_REST_URL }),
  ...(KIS_WS_URL && { socketUrl: KIS_WS_URL }),
})

feed.trades$.pipe(take(10)).subscribe({
  next: ({ instrument, price, volume, side }) => console.log(instrument, price, volume, side ?? ''),
  complete: () => void feed.stop(),
})
feed.start()
