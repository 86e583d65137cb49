// What is made of every kind of answer: where the code of a refusal stands, and what decides where there is
// none.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { catalogue, explain } from '../../../kis/codes/codes.ts'
import { restCatalogue } from '../../../kis/codes/catalogue-rest.ts'
import { KisError } from '../../../kis/errors.ts'
import { acceptAnswer } from '../../../kis/rest/answer.ts'
import { tries } from '../../support/property.ts'

const path = '/uapi/some/path'

function errorOf(status: number, body: unknown): KisError {
  try {
    acceptAnswer(path, status, typeof body === 'string' ? body : JSON.stringify(body))
  } catch (error) {
    if (error instanceof KisError) return error
    throw error
  }
  throw new Error('it was taken for a success')
}

const tooSoon = '초당 거래건수를 초과하였습니다.'

describe('a call that came too soon', () => {
  it.each([
    [500, { rt_cd: '1', msg_cd: 'EGW00201', msg1: tooSoon }],
    [500, { rt_cd: '1', msg1: tooSoon, message: 'EGW00201' }],
    [200, { rt_cd: '1', msg1: tooSoon, message: 'EGW00201' }],
    [500, { rt_cd: 1, msg1: tooSoon, message: ' EGW00201 ' }],
    [500, { rt_cd: '1', msg_cd: '', msg1: tooSoon, message: 'EGW00201' }],
    [500, { rt_cd: '1', msg_cd: '(null)', msg1: '', message: 'EGW00201' }],
    [500, { message: 'EGW00201' }],
    [500, { msg_cd: 'EGW00201', msg1: tooSoon }],
    [200, { msg_cd: 'EGW00201', msg1: tooSoon }],
    [403, { error_code: 'EGW00201', error_description: tooSoon }],
    [403, { error_code: '', error_description: '', message: 'EGW00201' }],
    // By the text of the catalogue, in whatever field and with whatever stops.
    [500, { rt_cd: '1', msg_cd: '', msg1: tooSoon }],
    [500, { rt_cd: '1', msg1: '초당 거래건수를 초과하였습니다' }],
    [403, { error_description: tooSoon }],
    [500, { message: tooSoon }],
    // By the status, whatever stands in the body.
    [429, { rt_cd: '1', msg_cd: 'EGW00201', msg1: tooSoon }],
    [429, { message: 'Too Many Requests' }],
    [429, { rt_cd: '0', output: {} }],
    [429, {}],
    [429, []],
    [429, null],
    [429, '<html>slow down</html>'],
    [429, ''],
  ])('says so: HTTP %i with %j', (status, body) => {
    const error = errorOf(status, body)
    expect(error).toMatchObject({ kind: 'rate-limit', retryable: true })
    expect(error.message).toContain('Too many calls in one second for this app key. Slows down by itself.')
  })

  it('has the code that came, or the one whose text came, and none where there was neither', () => {
    expect(errorOf(500, { rt_cd: '1', msg1: tooSoon, message: 'EGW00201' }).code).toBe('EGW00201')
    expect(errorOf(500, { rt_cd: '1', msg1: tooSoon }).code).toBe('EGW00201')
    expect(errorOf(429, { error_code: 'EGW00133' }).code).toBe('EGW00133')
    expect(errorOf(429, {}).code).toBeUndefined()
    expect(errorOf(429, {}).message).toMatch(/^\/uapi\/some\/path refused, HTTP 429: Too many calls/)
  })
})

describe('a refusal without a code', () => {
  it.each(restCatalogue.filter(({ message, reaction }) => message !== null && reaction !== 'none'))(
    'is read by its text: $message',
    ({ code, message }) => {
      const text = message ?? ''
      const byCode = errorOf(500, { rt_cd: '1', msg_cd: code, msg1: text })
      const byText = errorOf(500, { rt_cd: '1', msg1: text.replace(/\.$/, '').toUpperCase() })
      expect([byText.kind, byText.retryable]).toEqual([byCode.kind, byCode.retryable])
    },
  )

  it.each([
    ['TIME LIMIT 09:00 ~ 10:00', 'server', true],
    ['INPUT FIELD NOT FOUND [FID_X]', 'invalid-request', false],
    ['원장에서 허용 가능한 초당 거래건수를 초과하였습니다.', 'rate-limit', true],
    ['잠시 후 다시 시도해 주세요', 'server', true],
  ])('is read by the part of its text that does not vary: %s', (msg1, kind, retryable) => {
    expect(errorOf(500, { rt_cd: '1', msg1 })).toMatchObject({ kind, retryable })
  })

  it.each([
    [401, 'authentication'],
    [502, 'server'],
    [503, 'server'],
    [504, 'server'],
    [500, 'unknown'],
    [403, 'unknown'],
    [200, 'unknown'],
  ])('in unknown words is judged by its status, HTTP %i: %s', (status, kind) => {
    const error = errorOf(status, { rt_cd: '1', msg1: '모르는 말' })
    expect(error).toMatchObject({ kind, code: undefined, retryable: true })
    expect(error.message).toBe(`${path} refused, HTTP ${status} without a code. KIS said: 모르는 말.`)
  })

  it.each([
    [403, { error_description: '모르는 말' }, 'unknown'],
    [403, { error_code: '', error_description: '토큰은 잠시 후에 발급됩니다' }, 'server'],
    [403, { message: '잠시 후 다시 시도해 주세요' }, 'server'],
    [403, { message: 'forbidden' }, 'invalid-request'],
  ])('and without rt_cd, HTTP %i with %j, is %s', (status, body, kind) => {
    expect(errorOf(status, body).kind).toBe(kind)
  })

  it('with the text of a success is in unknown words', () => {
    expect(errorOf(200, { rt_cd: '1', msg1: '정상처리 되었습니다.' }).kind).toBe('unknown')
  })

  it('and without a text says that there is neither', () => {
    const error = errorOf(500, { rt_cd: '1' })
    expect(error).toMatchObject({ kind: 'unknown', code: undefined, retryable: true })
    expect(error.message).toMatch(/refused, HTTP 500 with rt_cd 1 and neither a code nor a text\. Check the symbol/)
  })

  it.each([{ rt_cd: '', msg_cd: '', msg1: '' }, { rt_cd: ' ', msg_cd: ' ', msg1: ' ' }, { rt_cd: '' }])(
    'and with nothing in it says that it is empty: %j',
    body => {
      const error = errorOf(200, { ...body, output: {} })
      expect(error).toMatchObject({ kind: 'unknown', code: undefined, retryable: true })
      expect(error.message).toMatch(
        /answered HTTP 200 with an empty envelope: rt_cd, msg_cd and msg1 are all empty\. Check the symbol/,
      )
    },
  )
})

describe('a code with several texts', () => {
  it.each([
    ['ERROR : INPUT INVALID_CHECK_MRKT_DIV_CODE', false, /market division code/],
    ['INPUT FIELD NOT FOUND [CURR_GB]', false, /INPUT FIELD NOT FOUND \[CURR_GB\]: A field of the request is missing/],
    ['TIME LIMIT 00:00 ~ 15:40', true, /TIME LIMIT 00:00 ~ 15:40: KIS does not answer this call at this hour/],
  ])('OPSQ2001 is explained by %s', (msg1, retryable, message) => {
    const error = errorOf(500, { rt_cd: '1', msg_cd: 'OPSQ2001', msg1 })
    expect(error).toMatchObject({ code: 'OPSQ2001', said: msg1, retryable, message: expect.stringMatching(message) })
  })
})

describe('a success', () => {
  it.each([
    { rt_cd: '0', msg_cd: 'MCA00000', msg1: '정상처리 되었습니다.' },
    { rt_cd: 0, output: {} },
    { rt_cd: '0', message: 'EGW00201' },
    { access_token: 'x', error_code: '' },
    { code: 200, message: '접근토큰 폐기에 성공하였습니다' },
    { message: '20260914' },
    {},
    [],
    0,
  ])('stays one: %j', body => {
    expect(acceptAnswer(path, 200, JSON.stringify(body))).toEqual(body)
  })
})

describe('any answer at all', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('', '0', '1', '(null)', tooSoon, 'X'.repeat(5_000), ...catalogue.map(({ code }) => code)),
    fc.integer(),
  )
  const names = fc.constantFrom('rt_cd', 'msg_cd', 'msg1', 'error_code', 'error_description', 'message', '__proto__')
  const body = fc.oneof(fc.dictionary(names, fc.oneof(text, fc.jsonValue())), fc.jsonValue())

  it('is a success or a KisError of a length that can be read, and a rate limit whenever its status is 429', () => {
    fc.assert(
      fc.property(fc.constantFrom(200, 302, 400, 401, 403, 404, 429, 500, 503), body, (status, said) => {
        try {
          acceptAnswer(path, status, JSON.stringify(said))
          expect(status).toBe(200)
        } catch (error) {
          if (!(error instanceof KisError)) throw error
          expect(error.message.length).toBeLessThan(1_000)
          if (status === 429) expect(error.kind).toBe('rate-limit')
        }
      }),
      tries(2_000),
    )
  })

  it('that has a code of the catalogue is explained by it, in whichever of the three fields it stands', () => {
    const refusing = restCatalogue.filter(({ reaction }) => reaction !== 'none')
    fc.assert(
      fc.property(
        fc.constantFrom(...refusing),
        fc.constantFrom('msg_cd', 'error_code', 'message'),
        fc.constantFrom(200, 403, 500),
        (entry, field, status) => {
          const error = errorOf(status, { rt_cd: '1', msg1: entry.message ?? '', [field]: entry.code })
          expect(error.code).toBe(entry.code)
          expect(error.message).toContain(explain(entry.code, entry.message ?? '').meaning.en)
        },
      ),
      tries(500),
    )
  })
})
