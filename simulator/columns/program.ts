// The columns of programme trading, in one share and in a whole index.
//
// 005930^092237^1413444^109159646900^1189408^91931710200^-224036^-17227936700^65033^15475^-49558 (the vendor's)
import type { Day } from '../market/day.ts'
import { type SimulatedInstrument, totalOf } from '../market/market.ts'
import { percent, type Value, type Values } from './values.ts'

/** The part of all trading that programmes do; made up. */
const soldPart = 0.21
const boughtPart = 0.18

const averagePrice = ({ cumulativeValue, cumulativeVolume }: Day) => cumulativeValue / cumulativeVolume
const sold = ({ day }: SimulatedInstrument) => Math.floor(day.sellVolume * soldPart)
const bought = ({ day }: SimulatedInstrument) => Math.floor(day.buyVolume * boughtPart)
const soldValue = (instrument: SimulatedInstrument) => Math.floor(sold(instrument) * averagePrice(instrument.day))
const boughtValue = (instrument: SimulatedInstrument) => Math.floor(bought(instrument) * averagePrice(instrument.day))
const waitingToSell = ({ asks }: SimulatedInstrument) => Math.floor(totalOf(asks) * 0.1)
const waitingToBuy = ({ bids }: SimulatedInstrument) => Math.floor(totalOf(bids) * 0.1)

/** Shares and won, cumulative for the day; the net is bought less sold. */
export function programColumns(): Values {
  return {
    SELN_CNQN: sold,
    SELN_TR_PBMN: soldValue,
    SHNU_CNQN: bought,
    SHNU_TR_PBMN: boughtValue,
    NTBY_CNQN: instrument => bought(instrument) - sold(instrument),
    NTBY_TR_PBMN: instrument => boughtValue(instrument) - soldValue(instrument),
    SELN_RSQN: waitingToSell,
    SHNU_RSQN: waitingToBuy,
    // Of resting volume, and not of executed volume.
    WHOL_NTBY_QTY: instrument => waitingToBuy(instrument) - waitingToSell(instrument),
  }
}

/**
 * Arbitrage or not, for customers (ENTM) or for the members' own account (ONSL): their parts of all trading,
 * made up.
 */
const parts: readonly (readonly [kind: string, account: string, sold: number, bought: number])[] = [
  ['ARBT', 'ENTM', 0.004, 0.006],
  ['ARBT', 'ONSL', 0.002, 0.001],
  ['NABT', 'ENTM', 0.19, 0.17],
  ['NABT', 'ONSL', 0.02, 0.03],
]
const millionsPerThousand = 25.8

/**
 * Of an index there are 80 sums over the same four kinds, distinguished by their names, several of which are
 * misspelt: SMTM, SHUN, `_QT`, `_RAT`. Thousands of shares and millions of won, as in the index itself; no
 * source states it.
 */
export function indexProgramColumns(_: string, names: readonly string[]): Values {
  const sums = names.filter(name => !Object.hasOwn(indexItself, name)).map(name => [name, sumFor(name)] as const)
  return { ...Object.fromEntries(sums), ...indexItself }
}

const indexItself: Values = {
  BSTP_CLS_CODE: ({ listing }) => listing.symbol,
  BSOP_HOUR: ({ stamp }) => stamp.korea.time,
  ACML_VOL: ({ day }) => day.cumulativeVolume,
  ACML_TR_PBMN: ({ day }) => Math.floor(day.cumulativeVolume * millionsPerThousand),
}

function sumFor(name: string): Value {
  const counted = parts.filter(
    ([kind, account]) =>
      (name.includes(kind) || !/ARBT|NABT/.test(name)) && (name.includes(account) || !/ENTM|ONSL/.test(name)),
  )
  const soldShare = counted.reduce((sum, [, , part]) => sum + part, 0)
  const boughtShare = counted.reduce((sum, [, , , part]) => sum + part, 0)
  const unit = /PBMN|AMT/.test(name) ? millionsPerThousand : 1
  const isRate = /_RATE?$/.test(name)
  return ({ day: { buyVolume, cumulativeVolume, sellVolume } }) => {
    const sells = Math.floor(sellVolume * soldShare * unit)
    const buys = Math.floor(buyVolume * boughtShare * unit)
    const sum = name.includes('NTBY') ? buys - sells : name.includes('SELN') ? sells : buys
    return isRate ? percent((sum / (cumulativeVolume * unit)) * 100) : sum
  }
}
