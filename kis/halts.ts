// KIS's notices of market operation about one name: whether it is halted, or in a volatility interruption; in
// both it correctly has no trades. Such a notice takes one of the session's 41 slots, so only a user's
// request subscribes to it.
//
// 396300^N^(null)^^311^^^55^N^N (H0STMKO0, the vendor's example: neither halted nor interrupted)
import type { OtherRecord } from '../market/events.ts'
import type { Instrument, Venue } from '../market/instrument.ts'
import { readable } from './channel.ts'

export type HaltNotice = { readonly instrument: Instrument; readonly isHalted: boolean }

/** H0UNMKO0 is documented without the issue code, but every capture has it (protocol notes 5.9). */
const venueOf: Readonly<Record<string, Venue>> = { H0STMKO0: 'KRX', H0NXMKO0: 'NXT', H0UNMKO0: 'UN' }

/** ISCD_STAT_CLS_CODE */
const haltedStatus = '58'

export function haltIn({ tr, columns }: OtherRecord): HaltNotice | undefined {
  const venue = venueOf[tr]
  const symbol = columns['MKSC_SHRN_ISCD']
  const instrument = venue === undefined || !symbol ? undefined : readable(`${venue}:${symbol}`)
  if (instrument === undefined) return undefined
  const isHalted = columns['TRHT_YN'] === 'Y' || columns['ISCD_STAT_CLS_CODE'] === haltedStatus
  return { instrument, isHalted: isHalted || isOn(columns['VI_CLS_CODE']) || isOn(columns['OVTM_VI_CLS_CODE']) }
}

/**
 * `N` in the vendor's example; otherwise a kind of interruption (`Y` in the documents, digits in others'
 * logs).
 */
function isOn(code: string | number | null | undefined): boolean {
  return typeof code === 'string' && code !== '' && code !== 'N' && code !== '0' && code !== '(null)'
}
