// The columns of market operation and interruptions of one name, and of the net asset value of a fund.
//
// 003160^N^(null)^AB1^112^^^55^N^ (H0UNMKO0, 2026-09-21: the issue code first, whatever the documents say)
import { changeOf, percent, rateOf, signedDecimal, signOf, type Values } from './values.ts'

/**
 * One of the pre-open codes comes again in the middle of the session, when an interruption begins or ends;
 * which is which is not known.
 */
const phases = ['112', '311']

/**
 * Notices of a name that is neither halted nor interrupted. In 16 of 17 captured ones VI_CLS_CODE is N,
 * although they are about an interruption. None is made here: trading does not pause in this market.
 */
export function marketStateColumns(): Values {
  let written = 0
  return {
    TRHT_YN: () => 'N',
    TR_SUSP_REAS_CNTT: () => '(null)',
    // In all captured ones; no table explains it.
    MKOP_CLS_CODE: () => 'AB1',
    ANTC_MKOP_CLS_CODE: () => phases[written++ % phases.length] ?? '',
    MRKT_TRTM_CLS_CODE: () => '',
    DIVI_APP_CLS_CODE: () => '',
    ISCD_STAT_CLS_CODE: () => '55',
    VI_CLS_CODE: () => 'N',
    OVTM_VI_CLS_CODE: () => '',
    EXCH_CLS_CODE: () => '1',
  }
}

/** A fund's asset value is a little above its price here; made up. */
const premium = 1.000_6

export function navColumns(): Values {
  // In hundredths of a won.
  const worth = (price: number) => Math.round(price * premium * 100)
  return {
    NAV: ({ day }) => percent(worth(day.price) / 100),
    NAV_PRDY_VRSS_SIGN: ({ day }) => signOf(changeOf(day)),
    // Signed, although a sign code stands before it.
    NAV_PRDY_VRSS: ({ day }) => signedDecimal(worth(day.price) - worth(day.previousClose), 2),
    NAV_PRDY_CTRT: ({ day }) => rateOf(changeOf(day), day),
    OPRC_NAV: ({ day }) => percent(worth(day.open) / 100),
    HPRC_NAV: ({ day }) => percent(worth(day.high) / 100),
    LPRC_NAV: ({ day }) => percent(worth(day.low) / 100),
  }
}
