// Trading of a Korean issue by securities company, and the single-price session after hours, which no longer
// exists.
import { koreanTick } from '../../market/price-grid.ts'
import { koreanIssue, type Quote, wrongInput } from '../quoting.ts'
import { restShapes } from '../shapes.ts'
import { fill, fillUnknown, type Values } from '../shape.ts'

type Member = readonly [code: string, name: string, isForeign: boolean]

/** The members of the official example; here their shares of the day do not change. */
const sellers: readonly (readonly [Member, share: number])[] = [
  [['00086', 'BNK증권', false], 0.2052],
  [['00005', '미래에셋증권', false], 0.1752],
  [['00050', '키움증권', false], 0.0795],
  [['00030', '삼성증권', false], 0.0704],
  [['00002', '신한투자', false], 0.0601],
]
const buyers: readonly (readonly [Member, share: number])[] = [
  [['00086', 'BNK증권', false], 0.2104],
  [['00005', '미래에셋증권', false], 0.1533],
  [['00033', 'JP모간', true], 0.0969],
  [['00045', '골드만', true], 0.0908],
  [['00036', '모간서울', true], 0.0669],
]
/** Of all foreign members, in the official example. */
const foreignSold = 0.0098
const foreignBought = 0.3021

/**
 * FHKST01010600. An object in the official example and sample, an array of one in two captures: cluefin
 * accepts both, the broker's sample only the object.
 */
export const members: Quote = (parameter, quoting) => {
  const asked = koreanIssue(parameter, quoting)
  if ('wrong' in asked) return asked.wrong
  const block = restShapes['domestic/inquire-member'].blocks.output
  const { seen } = asked
  if (seen === undefined) return { outputs: { output: fillUnknown(block, 'zeros') } }
  const volume = Number(seen.trade['acml_vol'])
  const sold = Math.floor(volume * foreignSold)
  const bought = Math.floor(volume * foreignBought)
  const output = fill(block, {
    ...side('seln', sellers, volume),
    ...side('shnu', buyers, volume),
    glob_total_seln_qty: sold,
    glob_seln_rlim: foreignSold * 100,
    glob_ntby_qty: bought - sold,
    glob_total_shnu_qty: bought,
    glob_shnu_rlim: foreignBought * 100,
    glob_total_seln_qty_icdc: 0,
    glob_total_shnu_qty_icdc: 0,
    acml_vol: volume,
  })
  return { outputs: { output } }
}

function side(name: 'seln' | 'shnu', ranked: typeof sellers, volume: number): Values {
  return Object.fromEntries(
    ranked.flatMap(([[code, company, isForeign], share], i) => [
      [`${name}_mbcr_no${i + 1}`, code],
      [`${name}_mbcr_name${i + 1}`, company],
      [`total_${name}_qty${i + 1}`, Math.floor(volume * share)],
      [`${name}_mbcr_rlim${i + 1}`, share * 100],
      // Since the last report: there are no reports here.
      [`${name}_qty_icdc${i + 1}`, 0],
      [`${name}_mbcr_glob_yn_${i + 1}`, isForeign ? 'Y' : 'N'],
    ]),
  )
}

/**
 * FHPST02310000: single-price trading after hours, which ended on 2026-09-14. KIS's answer since then is not
 * known: here no trades, and limits of 10% around the price, rounded down to the tick.
 */
export const overtimeTrades: Quote = (parameter, quoting) => {
  const asked = koreanIssue(parameter, quoting)
  if ('wrong' in asked) return asked.wrong
  if (parameter('FID_HOUR_CLS_CODE') !== '1') return wrongInput('FID_HOUR_CLS_CODE', parameter('FID_HOUR_CLS_CODE'))
  const { output1 } = restShapes['domestic/inquire-time-overtimeconclusion'].blocks
  const nothing = { ...fillUnknown(output1, 'zeros'), uplm_sign: '1', lslm_sign: '4' }
  const { seen } = asked
  if (seen === undefined) return { outputs: { output1: nothing, output2: [] } }
  const close = Number(seen.trade['stck_prpr'])
  const tick = koreanTick(close)
  const width = Math.floor((close * 0.1) / tick) * tick
  const limits = { ovtm_untp_mxpr: `${close + width}`, ovtm_untp_llam: `${close - width}` }
  return { outputs: { output1: { ...nothing, ...limits }, output2: [] } }
}
