// What a refusal means and what to do about it, in English and Korean: KIS's codes by the catalogue, and the
// few words of our own.
import { explain } from '../../kis/codes/codes.ts'
import { sessionFull, stale, unanswered } from '../../machines/ledger.ts'

export type Text = { readonly en: string; readonly ko: string }

export type Explanation = { readonly meaning: Text; readonly remedy: Text }

const own: Readonly<Record<string, Explanation>> = {
  [sessionFull]: {
    meaning: {
      en: 'the session carries 41 subscriptions, all channels together.',
      ko: '한 세션의 구독 한도(모든 채널 합산 41건)를 초과했습니다.',
    },
    remedy: { en: 'Drop some, or use another app key', ko: '일부를 해제하거나 다른 앱키를 사용하세요' },
  },
  [unanswered]: {
    meaning: { en: 'KIS did not answer in time.', ko: 'KIS가 제때 응답하지 않았습니다.' },
    remedy: {
      en: 'It is asked for again shortly, three times, and then every 30 s to 5 minutes',
      ko: '잠시 후 세 번, 그다음에는 30초에서 5분 간격으로 자동으로 다시 요청합니다',
    },
  },
  [stale]: {
    meaning: {
      en: 'KIS says it is subscribed and sends nothing, however often it is asked.',
      ko: 'KIS는 구독 중이라고 응답하지만, 여러 번 다시 요청해도 데이터가 오지 않습니다.',
    },
    remedy: {
      en: 'Check the symbol and your entitlement. It is asked for again every 30 s to 5 minutes',
      ko: '종목 코드와 시세 이용 권한을 확인하세요. 30초에서 5분 간격으로 자동으로 다시 요청합니다',
    },
  },
  RELEASED: {
    meaning: { en: 'it was released meanwhile', ko: '그사이 구독이 해제되었습니다' },
    remedy: { en: '', ko: '' },
  },
  STOPPED: { meaning: { en: 'the feed was stopped', ko: '수신이 중지되었습니다' }, remedy: { en: '', ko: '' } },
  NOT_ASKED: {
    meaning: { en: 'it was not asked for.', ko: '구독을 요청한 적이 없습니다.' },
    remedy: { en: 'Call subscribe() first', ko: '먼저 subscribe()를 호출하세요' },
  },
}

export function explainRefusal(code: string): Explanation {
  if (Object.hasOwn(own, code)) return own[code] as Explanation
  const { meaning, remedy } = explain(code, '')
  return { meaning, remedy }
}
