// The columns of the five members that sold and bought most of a share.
//
// 005930^미래에셋증권^키움증권^한국증권^BNK증권^KB증권^…^2097234^2024301^…^00005^00050^…^9.80^…^414^…^2478149^1779889^0^0^-698260^… (2026-06-08)
import type { SimulatedInstrument } from '../market/market.ts'
import { share, type Value, type Values } from './values.ts'

/**
 * Code, name, and share of what was sold and bought, which is made up. In a capture the ranks change within
 * minutes; here they do not.
 */
const members: readonly (readonly [code: string, name: string, part: number])[] = [
  ['00005', '미래에셋증권', 0.2],
  ['00050', '키움증권', 0.19],
  ['00003', '한국증권', 0.15],
  ['00030', '삼성증권', 0.13],
  ['00017', 'KB증권', 0.12],
]
/** The estimate of foreign members' trading. */
const foreignPart = { sold: 0.23, bought: 0.17 }

const sold = (part: number, { day }: SimulatedInstrument) => Math.floor(day.sellVolume * part)
const bought = (part: number, { day }: SimulatedInstrument) => Math.floor(day.buyVolume * part)

/**
 * A snapshot: cumulative quantities, their part of the day's volume in percent, and what was added since the
 * last record.
 */
export function memberColumns(): Values {
  const foreignSold = (instrument: SimulatedInstrument) => sold(foreignPart.sold, instrument)
  const foreignBought = (instrument: SimulatedInstrument) => bought(foreignPart.bought, instrument)
  return {
    ...Object.fromEntries(members.flatMap(memberAt)),
    GLOB_TOTAL_SELN_QTY: foreignSold,
    GLOB_TOTAL_SHNU_QTY: foreignBought,
    GLOB_TOTAL_SELN_QTY_ICDC: added(foreignSold),
    GLOB_TOTAL_SHNU_QTY_ICDC: added(foreignBought),
    GLOB_NTBY_QTY: instrument => foreignBought(instrument) - foreignSold(instrument),
    GLOB_SELN_RLIM: instrument => share(foreignSold(instrument), instrument.day.cumulativeVolume),
    GLOB_SHNU_RLIM: instrument => share(foreignBought(instrument), instrument.day.cumulativeVolume),
  }
}

function memberAt([code, name, part]: (typeof members)[number], i: number): [string, Value][] {
  const rank = i + 1
  const sells = (instrument: SimulatedInstrument) => sold(part, instrument)
  const buys = (instrument: SimulatedInstrument) => bought(part, instrument)
  return [
    [`SELN2_MBCR_NAME${rank}`, () => name],
    [`BYOV_MBCR_NAME${rank}`, () => name],
    [`TOTAL_SELN_QTY${rank}`, sells],
    [`TOTAL_SHNU_QTY${rank}`, buys],
    [`SELN_MBCR_GLOB_YN_${rank}`, () => 'N'],
    [`SHNU_MBCR_GLOB_YN_${rank}`, () => 'N'],
    [`SELN_MBCR_NO${rank}`, () => code],
    [`SHNU_MBCR_NO${rank}`, () => code],
    [`SELN_MBCR_RLIM${rank}`, instrument => share(sells(instrument), instrument.day.cumulativeVolume)],
    [`SHNU_MBCR_RLIM${rank}`, instrument => share(buys(instrument), instrument.day.cumulativeVolume)],
    [`SELN_QTY_ICDC${rank}`, added(sells)],
    [`SHNU_QTY_ICDC${rank}`, added(buys)],
    // Empty on the wire.
    [`SELN2_MBCR_ENG_NAME${rank}`, () => ''],
    [`BYOV_MBCR_ENG_NAME${rank}`, () => ''],
  ]
}

/** What a quantity grew by since the last record; nothing in the first one. */
function added(quantity: (instrument: SimulatedInstrument) => number): Value {
  let last: number | undefined
  return instrument => {
    const now = quantity(instrument)
    const grown = now - (last ?? now)
    last = now
    return grown
  }
}
