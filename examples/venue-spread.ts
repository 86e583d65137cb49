// A strategy over two instruments: when is the ask on KRX below the bid on NXT?
//   KIS_APP_KEY=… KIS_APP_SECRET=… node --import tsx examples/venue-spread.ts 005930
import { createFeed, type Quote, toQuotes } from 'kis-stream'
import { combineLatest, distinctUntilChanged, filter, map } from 'rxjs'
import { connect, onInterrupt } from './connection.ts'

const symbol = process.argv[2] ?? '005930'
const [krx, nxt] = [`KRX:${symbol}`, `NXT:${symbol}`] as const

const { options, close } = await connect()
const feed = createFeed({ ...options, instruments: [krx, nxt], channels: ['order-book'], market: 'KR' })

const quotes$ = feed.events$.pipe(toQuotes())
const quotesOf = (instrument: string) => quotes$.pipe(filter(quote => quote.instrument === instrument))

combineLatest([quotesOf(krx), quotesOf(nxt)])
  .pipe(
    map(([onKrx, onNxt]) => gap(onKrx, onNxt)),
    distinctUntilChanged(),
  )
  .subscribe(won => console.log(won > 0 ? `buy on KRX, sell on NXT: ${won} won a share` : 'no gap'))

// Between `disconnect` and `resume` there are no quotes to compare: the books after `resume` are new.
feed.events$
  .pipe(filter(({ type }) => type === 'disconnect' || type === 'resume'))
  .subscribe(event => console.log(event.type))

feed.start()
onInterrupt(() => feed.stop().then(close))

function gap(ask: Quote, bid: Quote): number {
  return ask.askPrice === null || bid.bidPrice === null ? 0 : Math.max(0, bid.bidPrice - ask.askPrice)
}
