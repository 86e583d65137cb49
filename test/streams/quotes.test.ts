import { of, Subject, throwError } from 'rxjs'
import { TestScheduler } from 'rxjs/testing'
import { describe, expect, it } from 'vitest'
import type { MarketEvent, Quote } from '../../market/events.ts'
import { toQuotes } from '../../streams/quotes.ts'
import { apple, at, hynix, orderBook, samsung, trade } from './samples.ts'

const receivedTime = at('10:00:00')
const down = { type: 'disconnect', line: '1', market: 'KR', reason: 'cut', receivedTime } as const

function quotesOf(...events: MarketEvent[]): Quote[] {
  const quotes: Quote[] = []
  of(...events)
    .pipe(toQuotes())
    .subscribe(quote => quotes.push(quote))
  return quotes
}

function marbles(check: Parameters<TestScheduler['run']>[0]): void {
  new TestScheduler((actual, expected) => expect(actual).toEqual(expected)).run(check)
}

describe('quotes', () => {
  it('are the best of both sides of a book', () => {
    expect(quotesOf(orderBook({ eventTime: 1, receivedTime: 2 }))).toEqual([
      {
        type: 'quote',
        instrument: samsung,
        bidPrice: 69_900,
        bidVolume: 100,
        askPrice: 70_000,
        askVolume: 200,
        eventTime: 1,
        receivedTime: 2,
      },
    ])
  })

  it('are null on a side that is empty', () => {
    expect(quotesOf(orderBook({ bids: [] }), orderBook({ bids: [], asks: [] }))).toMatchObject([
      { bidPrice: null, bidVolume: null, askPrice: 70_000, askVolume: 200 },
      { bidPrice: null, bidVolume: null, askPrice: null, askVolume: null },
    ])
  })

  it('come once for each change of the best prices and volumes, whatever happens deeper in the book', () => {
    marbles(({ hot, expectObservable }) => {
      const books = {
        a: orderBook(),
        d: orderBook({ asks: [{ price: 70_000, volume: 200 }], totalAskVolume: 200 }),
        b: orderBook({ bids: [{ price: 69_900, volume: 101 }] }),
        t: trade(),
      }
      const prices = (volume: number) => expect.objectContaining({ type: 'quote', bidVolume: volume, askVolume: 200 })
      expectObservable(hot('-a-a-d-t-b-b-a-|', books).pipe(toQuotes())).toBe('-a-------b---a-|', {
        a: prices(100),
        b: prices(101),
      })
    })
  })

  it('are kept apart by instrument', () => {
    expect(
      quotesOf(orderBook(), orderBook({ instrument: hynix }), orderBook(), orderBook({ instrument: hynix })),
    ).toHaveLength(2)
  })

  it('are emitted again after the line of their market was down, and only of that market', () => {
    const both = [orderBook(), orderBook({ instrument: apple })]
    expect(quotesOf(...both, down, ...both).map(({ instrument }) => instrument)).toEqual([samsung, apple, samsung])
  })

  it('are remembered for each subscriber by itself', () => {
    const books = new Subject<MarketEvent>()
    const quotes = books.pipe(toQuotes())
    const seen: string[] = []
    quotes.subscribe(() => seen.push('first'))
    books.next(orderBook())
    quotes.subscribe(() => seen.push('second'))
    books.next(orderBook())
    expect(seen).toEqual(['first', 'second'])
  })

  it('end as their source ends', () => {
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold<MarketEvent>('---|').pipe(toQuotes())).toBe('---|')
      expectObservable(throwError(() => 'broken').pipe(toQuotes())).toBe('#', {}, 'broken')
    })
  })
})
