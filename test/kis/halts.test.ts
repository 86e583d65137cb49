import { expect, it } from 'vitest'
import { haltIn } from '../../kis/halts.ts'
import { decode, frame, lineOf, only, recordsOf, withValues } from '../support/wire/frames.ts'

const notice = (tr: string, values: readonly string[]) => haltIn(only('record', decode(frame(tr, values))))
const [vendors = []] = recordsOf(lineOf('H0STMKO0.txt', 1))

it("the vendor's notice speaks of a name that is neither halted nor interrupted", () => {
  expect(notice('H0STMKO0', vendors)).toEqual({ instrument: 'KRX:396300', isHalted: false })
})

it.each([
  ['halted', { TRHT_YN: 'Y' }],
  ['halted, by its status', { ISCD_STAT_CLS_CODE: '58' }],
  ['in a volatility interruption', { VI_CLS_CODE: 'Y' }],
  ['in one of the kinds some logs tell as digits', { VI_CLS_CODE: '1' }],
  ['in one in overtime', { OVTM_VI_CLS_CODE: 'Y' }],
])('a notice says that a name is %s', (_, values) => {
  expect(notice('H0STMKO0', withValues('H0STMKO0', vendors, values))).toEqual({
    instrument: 'KRX:396300',
    isHalted: true,
  })
})

it('a notice of Nextrade names its venue, and one without a symbol is none', () => {
  expect(notice('H0NXMKO0', vendors)).toMatchObject({ instrument: 'NXT:396300' })
  expect(notice('H0UNMKO0', vendors.slice(1).concat('', ''))?.instrument).not.toBe('UN:396300')
  expect(
    haltIn({ type: 'record', tr: 'H0STPGM0', columns: { MKSC_SHRN_ISCD: '005930' }, extra: [], receivedTime: 0 }),
  ).toBe(undefined)
})

it('a trade says that its name is halted, and says nothing when it is not', () => {
  const [record = []] = recordsOf(lineOf('H0STCNT0.txt', 10))
  expect(only('trade', decode(frame('H0STCNT0', record)))).not.toHaveProperty('isHalted')
  const halted = only('trade', decode(frame('H0STCNT0', withValues('H0STCNT0', record, { TRHT_YN: 'Y' }))))
  const plain = only('trade', decode(frame('H0STCNT0', record)))
  expect(halted).toEqual({ ...plain, isHalted: true })
})
