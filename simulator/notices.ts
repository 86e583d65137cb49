// Order and fill notices of an invented account: each order is accepted, and filled in one or two parts
// (notes on notices: only CNTG_YN 2 is a fill, and its quantity is that of this fill alone). No order is
// taken here.
//
// HTSID^1234567801^0000000001^^02^0^01^0^005930^0000000010^000271500^094941^0^1^1^06010^000000010^…  (accepted)
import type { Clock } from '../market/clock.ts'
import { layoutOf } from '../kis/wire/layout.ts'
import { createRandom, type Random } from './tape/random.ts'
import { koreanZone, wallTime } from './market/wall-clock.ts'

/** The content of a notice. Absent values are made up. */
export type NoticeOf = {
  readonly symbol?: string
  readonly price?: number
  /** Of the order. */
  readonly volume?: number
  readonly side?: 'buy' | 'sell'
}

export type NoticeWriter = {
  /** The plaintexts of an order, in order: accepted, then its fills. */
  order(tr: string, of?: NoticeOf): string[]
}

type Step = {
  readonly tr: string
  readonly order: number
  readonly symbol: string
  readonly side: 'buy' | 'sell'
  readonly price: number
  readonly volume: number
  /** Shares of this fill; undefined for an acceptance. */
  readonly filled: number | undefined
  readonly clock: { readonly date: string; readonly time: string }
}

const digits = (value: number, length: number) => String(Math.round(value)).padStart(length, '0')

/** By column. Where a document has no example of a value, it is empty. */
const columns: Readonly<Record<string, (step: Step) => string>> = {
  CUST_ID: () => 'HTSID',
  USER_ID: () => 'HTSID',
  ACNT_NO: () => '1234567801',
  ACCT_NO: () => '1234567801',
  ACNT_NAME: () => 'NAME',
  ODER_NO: ({ order }) => digits(order, 10),
  ODNO: ({ order }) => digits(order, 10),
  ORD_DT: ({ clock }) => clock.date,
  // 01 sell, 02 buy.
  SELN_BYOV_CLS: ({ side }) => (side === 'buy' ? '02' : '01'),
  SLL_BUY_DVSN_CD: ({ side }) => (side === 'buy' ? '02' : '01'),
  RCTF_CLS: () => '0',
  RVSE_CNCL_DVSN_CD: () => '00',
  ODER_KIND: () => '00',
  // In the notices of derivatives L is an acceptance and 0 a fill; overseas it is the kind of the order.
  ODER_KIND2: ({ tr, filled }) => (tr.startsWith('H0GS') ? '0' : filled === undefined ? 'L' : '0'),
  ODER_COND: () => '0',
  STCK_SHRN_ISCD: ({ symbol }) => symbol,
  SERIES: ({ symbol }) => symbol,
  CNTG_QTY: ({ filled, volume }) => digits(filled ?? volume, 10),
  CNTG_UNPR: ({ tr, price }) => digits(price * scaleOf(tr), 9),
  STCK_CNTG_HOUR: ({ clock }) => clock.time,
  RFUS_YN: () => '0',
  CNTG_YN: ({ filled }) => (filled === undefined ? '1' : '2'),
  ACPT_YN: ({ filled }) => (filled === undefined ? '1' : '2'),
  BRNC_NO: () => '06010',
  ODER_QTY: ({ volume }) => digits(volume, 9),
  // 1 KRX.
  ORD_EXG_GB: () => '1',
  POPUP_YN: () => 'Y',
  CRDT_CLS: () => '10',
  CNTG_ISNM40: ({ symbol }) => symbol,
  CNTG_ISNM: ({ symbol }) => symbol,
  // Empty in an acceptance.
  ODER_PRC: ({ filled, price }) => (filled === undefined ? '' : digits(price, 9)),
  PRCE_TP: () => '1',
  FM_EXCG_RCIT_DVSN_CD: () => '02',
  ORD_QTY: ({ volume }) => digits(volume, 10),
  FM_LMT_PRIC: ({ price }) => `${price}`,
  TOT_CCLD_QTY: ({ filled = 0 }) => `${filled}`,
  ORD_REMQ: ({ filled = 0, volume }) => `${volume - filled}`,
  CCLD_DT: ({ clock }) => clock.date,
  CCNO: ({ order }) => `${order}`,
  CCLD_QTY: ({ filled, volume }) => `${filled ?? volume}`,
  FM_CCLD_PRIC: ({ price }) => `${price}`,
  CRCY_CD: () => 'USD',
}

/**
 * Prices of derivatives have two implied decimals, those of overseas stocks four; Korean stocks have none.
 */
function scaleOf(tr: string): number {
  return /^H0(IF|MF|EU)/.test(tr) ? 100 : tr.startsWith('H0GS') ? 10_000 : 1
}

export function createNoticeWriter(clock: Clock, seed = 1): NoticeWriter {
  const random: Random = createRandom(seed)
  let orders = 0

  return {
    order(tr, of = {}) {
      const layout = layoutOf(tr)
      if (layout?.kind !== 'notice') throw new Error(`${tr} is no account notice`)
      const { symbol = '005930', price = 70_000, volume = 1 + random.below(20) } = of
      const side = of.side ?? (random.next() < 0.5 ? 'buy' : 'sell')
      const order = ++orders
      const { date, time } = wallTime(koreanZone, clock.now())
      const first = volume > 1 && random.next() < 0.5 ? 1 + random.below(volume - 1) : volume
      const fills = first === volume ? [volume] : [first, volume - first]
      return [undefined, ...fills].map(filled => {
        const step: Step = { tr, order, symbol, side, price, volume, filled, clock: { date, time } }
        return layout.columns.map(([name]) => columns[name]?.(step) ?? '').join('^')
      })
    },
  }
}
