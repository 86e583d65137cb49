import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { webSocketCatalogue } from '../../../kis/codes/catalogue-ws.ts'
import { catalogue, explain, explainText, isPassing } from '../../../kis/codes/codes.ts'

// The tables of protocol notes 3.5 and 6.3, families written out.
const webSocketCodes =
  `OPSP0000 OPSP0001 OPSP0002 OPSP0003 OPSP0007 OPSP0008 OPSP0009 OPSP0010 OPSP0011 OPSP8991 OPSP8992 OPSP8993 OPSP8994
  OPSP8995 OPSP8996 OPSP8997 OPSP8998 OPSP8999 OPSP9990 OPSP9991 OPSP9992 OPSP9993 OPSP9994 OPSP9995 OPSP9996 OPSP9997
  OPSP9998 OPSP9999`.split(/\s+/)
const restCodes = `MCA00000 40100000 IGW00100 IGW00221
  EGW00001 EGW00002 EGW00003 EGW00004
  EGW00101 EGW00102 EGW00103 EGW00104 EGW00105 EGW00106 EGW00107 EGW00108 EGW00109 EGW00110 EGW00111 EGW00112 EGW00113
  EGW00114 EGW00115 EGW00116 EGW00117 EGW00118 EGW00119 EGW00120 EGW00121 EGW00122 EGW00123 EGW00124 EGW00125 EGW00126
  EGW00127 EGW00128 EGW00129 EGW00130 EGW00131 EGW00132 EGW00133
  EGW00201 EGW00202 EGW00203 EGW00204 EGW00205 EGW00206 EGW00207 EGW00208 EGW00209 EGW00210 EGW00211 EGW00212 EGW00213
  EGW00300 EGW00301 EGW00302 EGW00303 EGW00304 EGW2004
  OPSQ0001 OPSQ0002 OPSQ0003 OPSQ0004 OPSQ0005 OPSQ0006 OPSQ0007 OPSQ0008 OPSQ0009 OPSQ0010 OPSQ0011
  OPSQ1002 OPSQ2000 OPSQ2001 OPSQ2002 OPSQ2003 OPSQ3001 OPSQ3002 OPSQ3004
  OPSQ9995 OPSQ9996 OPSQ9997 OPSQ9998 OPSQ9999`.split(/\s+/)
const codes = [...webSocketCodes, ...restCodes]

const control = readFileSync(new URL('../../fixtures/frames/control.txt', import.meta.url), 'utf8').split('\n')

/** The code and text of a captured control message, by its line in control.txt. */
function captured(line: number): [code: string, text: string] {
  const { body } = JSON.parse(control[line - 1] ?? '') as { body: { msg_cd: string; msg1: string } }
  return [body.msg_cd, body.msg1]
}

describe('the catalogue of codes', () => {
  it.each(codes)('has %s', code => {
    expect(catalogue.some(entry => entry.code === code)).toBe(true)
  })

  it('has nothing that no table names', () => {
    expect(new Set(catalogue.map(entry => entry.code))).toEqual(new Set(codes))
  })

  it('has no pair of code and text twice', () => {
    const pairs = catalogue.map(entry => `${entry.code} ${entry.message}`)
    expect(new Set(pairs).size).toBe(pairs.length)
  })

  it('has several meanings for OPSP0003, EGW00213 and OPSQ2001, and one for every other code', () => {
    const several = codes.filter(code => catalogue.filter(entry => entry.code === code).length > 1)
    expect(several).toEqual(['OPSP0003', 'EGW00213', 'OPSQ2001'])
  })

  it('speaks English and Korean in every entry', () => {
    for (const { meaning, remedy } of catalogue) {
      for (const { en, ko } of [meaning, remedy]) {
        expect(en).toMatch(/^[A-Z][^가-힣]+\.$/)
        expect(ko).toMatch(/[가-힣].*[.)]$/)
      }
    }
  })

  it('finds every entry by its own code and text', () => {
    for (const entry of catalogue) {
      if (entry.message !== null) expect(explain(entry.code, entry.message)).toBe(entry)
    }
  })

  it('retries or refreshes nothing for an answer of severity info, and never answers critical with a retry', () => {
    const reactions = (severity: string) =>
      new Set(catalogue.filter(entry => entry.severity === severity).map(entry => entry.reaction))
    expect(reactions('info')).toEqual(new Set(['acknowledged', 'released', 'none', 'give-up']))
    expect(reactions('critical')).toEqual(new Set(['duplicate', 'occupied', 'give-up']))
  })
})

describe('explaining what was captured', () => {
  it.each([1, 2])('reads the acknowledgement of control.txt line %i as acknowledged', line => {
    expect(explain(...captured(line))).toMatchObject({ code: 'OPSP0000', severity: 'info', reaction: 'acknowledged' })
  })

  it('reads the refusal of a second session, control.txt line 4, as an occupied app key', () => {
    const entry = explain(...captured(4))
    expect(entry).toMatchObject({ code: 'OPSP8996', severity: 'critical', reaction: 'occupied' })
    expect(catalogue).toContain(entry)
  })
})

describe('explaining the five rows of the operating guide 3.2', () => {
  it.each([
    ['OPSP0000', 'SUBSCRIBE SUCCESS', 'info', 'acknowledged'],
    ['OPSP0002', 'ALREADY IN SUBSCRIBE', 'critical', 'duplicate'],
    ['OPSP0003', 'MANDATORY INPUT MISSING', 'high', 'refused'],
    ['IGW00221', '', 'high', 'renew-token'],
    ['IGW00100', '', 'medium', 'give-up'],
  ])('reads %s %s as %s, %s', (code, text, severity, reaction) => {
    expect(explain(code, text)).toMatchObject({ code, severity, reaction })
  })
})

describe('explaining a code that has two meanings', () => {
  it.each(['UNSUBSCRIBE ERROR(not found!)', 'UNSUBSCRIBE ERROR (not found!)', ' unsubscribe error(NOT FOUND!)\n'])(
    'reads OPSP0003 %j as released',
    text => {
      expect(explain('OPSP0003', text)).toMatchObject({ severity: 'info', reaction: 'released' })
    },
  )

  it.each(['MANDATORY INPUT MISSING', '  mandatory input missing ', 'something else', ''])(
    'reads OPSP0003 %j as refused',
    text => {
      expect(explain('OPSP0003', text)).toMatchObject({ severity: 'high', reaction: 'refused' })
    },
  )

  it('tells a missing company name from a call that paper does not offer, EGW00213', () => {
    expect(explain('EGW00213', '제휴사명(corpname)은 필수 입니다.').meaning.en).toContain('corpname')
    expect(explain('EGW00213', '모의투자 TR 이 아닙니다.').meaning.en).toContain('paper')
    expect(explain('EGW00213', '').meaning.en).toContain('paper')
  })
})

describe('explaining what decides how the program goes on', () => {
  it.each([
    ['OPSP0001', 'released'],
    ['OPSP0008', 'refused'],
    ['OPSP0009', 'retry'],
    ['OPSP0010', 'renew-approval'],
    ['OPSP0011', 'renew-approval'],
    ['OPSP9994', 'renew-approval'],
    ['OPSP9996', 'renew-approval'],
    ['OPSP9990', 'refused'],
    ['EGW00103', 'give-up'],
    ['EGW00121', 'renew-token'],
    ['EGW00122', 'renew-token'],
    ['EGW00123', 'renew-token'],
    ['EGW00133', 'wait-for-token'],
    ['EGW00201', 'slow-down'],
    ['EGW00302', 'retry'],
    ['OPSQ0002', 'give-up'],
    ['OPSQ1002', 'retry'],
    ['40100000', 'give-up'],
    ['MCA00000', 'none'],
  ])('answers %s with %s', (code, reaction) => {
    expect(explain(code, '').reaction).toBe(reaction)
  })
})

describe('a refused subscription', () => {
  it.each(['OPSP0007', 'OPSP0009', 'OPSP8999', 'OPSP9993', 'OPSP9995', 'OPSP7777', ''])('%j is passing', code => {
    expect(isPassing(explain(code, ''))).toBe(true)
  })

  it('is final for every other code of the socket that the catalogue has', () => {
    const final = webSocketCatalogue.filter(entry => !isPassing(entry)).map(({ code }) => code)
    expect(final).toEqual(expect.arrayContaining(['OPSP0008', 'OPSP8991', 'OPSP8992', 'OPSP8993', 'OPSP9999']))
    expect(new Set(webSocketCatalogue.filter(isPassing).map(({ code }) => code))).toEqual(
      new Set(['OPSP0007', 'OPSP0009', 'OPSP8999', 'OPSP9993', 'OPSP9995']),
    )
  })
})

describe('explaining a known code with a text of its own', () => {
  it('quotes what came, and changes nothing else', () => {
    const usual = explain('MCA00000', '정상처리 되었습니다.')
    expect(explain('MCA00000', '정상처리 되었습니다!')).toEqual({ ...usual, message: '정상처리 되었습니다!' })
  })

  it('overlooks case and surrounding white space', () => {
    expect(explain(' OPSP0002 ', '\talready in subscribe ')).toBe(explain('OPSP0002', 'ALREADY IN SUBSCRIBE'))
  })
})

describe('explaining an answer of the socket without a code', () => {
  it.each(webSocketCatalogue)('finds $code by its text: $message', entry => {
    const found = explain('', ` ${entry.message?.toLowerCase()}. `)
    expect([found.reaction, found.severity]).toEqual([entry.reaction, entry.severity])
    expect(explain('', entry.message ?? '')).toBe(entry)
  })

  it.each([
    ['SUBSCRIBE SUCCESS', 'OPSP0000'],
    ['UNSUBSCRIBE SUCCESS', 'OPSP0001'],
    ['UNSUBSCRIBE ERROR (not found!)', 'OPSP0003'],
    ['subscribe warnning : invalid appkey', 'OPSP0010'],
    ['invalid approval : NOT FOUND', 'OPSP0011'],
    ['invalid approval : 0a1b2c3d-aaaa-bbbb-cccc-000000000000', 'OPSP0011'],
    ['invalid approval(appkey) : NOT FOUND', 'OPSP0011'],
    ['JSON PARSING ERROR : personalseckey not found', 'OPSP8994'],
    ['personalseckey not found', 'OPSP8994'],
    ['ALREADY IN USE appkey', 'OPSP8996'],
  ])('reads %s as %s', (text, code) => {
    expect(explain('', text).code).toBe(code)
  })

  it('does not read a text of REST', () => {
    expect(explain('', '초당 거래건수를 초과하였습니다.')).toMatchObject({ code: '', reaction: 'retry' })
    expect(explainText('SUBSCRIBE SUCCESS', 'rest')).toBeUndefined()
  })
})

describe('an approval key that KIS quotes in a refusal', () => {
  it.each(['OPSP0011', ''])('is not repeated, code %j', code => {
    const entry = explain(code, 'invalid approval : 0a1b2c3d-aaaa-bbbb-cccc-000000000000')
    expect(entry).toMatchObject({ code: 'OPSP0011', message: 'invalid approval : [redacted]' })
  })
})

describe('explaining an unknown code', () => {
  it('keeps what the socket said verbatim, as a passing refusal', () => {
    const entry = explain('OPSP7777', ' NEVER SEEN ')
    expect(entry).toMatchObject({ code: 'OPSP7777', message: ' NEVER SEEN ', severity: 'high', reaction: 'retry' })
    expect(entry.meaning.en).toContain(' NEVER SEEN ')
    expect(entry.meaning.ko).toContain(' NEVER SEEN ')
  })

  it('takes a control message without a code, in unknown words, for a passing refusal', () => {
    expect(explain('', 'SOMETHING')).toMatchObject({ code: '', message: 'SOMETHING', reaction: 'retry' })
  })

  it('gives up on what REST said, unless the text asks for patience', () => {
    expect(explain('APBK0000', '처리할 수 없습니다.').reaction).toBe('give-up')
    expect(explain('EGW00316', '조회 처리 중 오류 발생하였습니다. 재 조회 수행 부탁드립니다.').reaction).toBe('retry')
    expect(explain('EGW00215', '원장에서 허용 가능한 초당 거래건수를 초과하였습니다.').reaction).toBe('slow-down')
  })

  it.each(['__proto__', 'constructor', 'toString'])('is not fooled by %s', code => {
    expect(explain(code, 'text')).toMatchObject({ code, message: 'text', reaction: 'give-up' })
  })
})

describe('explaining anything at all', () => {
  const anyText = fc.string({ unit: 'binary' })

  it('never throws, and says something in both languages', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, fc.constantFrom(...codes, '__proto__')), anyText, (code, text) => {
        const { meaning, remedy } = explain(code, text)
        for (const words of [meaning.en, meaning.ko, remedy.en, remedy.ko]) expect(words).not.toBe('')
      }),
    )
  })

  it('quotes every text that is not blank', () => {
    fc.assert(
      fc.property(fc.constantFrom(...codes, 'XXXX0000'), anyText, (code, text) => {
        fc.pre(text.trim() !== '')
        expect(explain(code, text).message?.trim().toLowerCase()).toBe(text.trim().toLowerCase())
      }),
    )
  })
})
