// The answers of the real-time server (OPSP), as data. Nothing here decides anything: `explain` in codes.ts
// does.
//
// Codes and texts: KIS's FAQ list of error codes as open-source clients reproduce it, and protocol notes 3.5.
// Seen in captures or logs: 0000, 0002, 0003, 0008, 8993, 8996, 9999; the others are known from the list
// alone. The list prefixes JSON PARSING ERROR also where the notes leave it out, so a text that differs in
// that is the same answer.
import type { CodeEntry } from './entry.ts'

const nothing = { en: 'Nothing to do.', ko: '조치가 필요 없습니다.' }

const ourFault = {
  en: 'A fault in this program, not in your settings: report it with the code and the text.',
  ko: '설정이 아니라 프로그램의 결함입니다. 코드와 메시지를 함께 이슈로 알려 주세요.',
}

const passing = {
  en: 'Usually passes: it is asked for again by itself, after 30 s and then less often. If it stays, look for a notice on the KIS portal.',
  ko: '대개 일시적인 현상이며, 30초 뒤부터 점점 긴 간격으로 자동으로 다시 요청합니다. 계속되면 KIS Developers 포털의 공지를 확인하세요.',
}

const checkAppKey = {
  en: 'A new approval key is fetched. If KIS still refuses, check the app key, and that it belongs to the environment (production or paper) you connect to.',
  ko: '웹소켓 접속키를 새로 발급받습니다. 그래도 거부되면 앱키가 올바른지, 접속 환경(실전/모의)에 맞는 앱키인지 확인하세요.',
}

export const webSocketCatalogue: readonly CodeEntry[] = [
  // control.txt lines 1 and 2; operating guide 3.2.
  {
    code: 'OPSP0000',
    message: 'SUBSCRIBE SUCCESS',
    meaning: {
      en: 'The subscription is active. Only data proves that data will come.',
      ko: '실시간 구독이 등록되었습니다. 실제 데이터 수신까지 보장하지는 않습니다.',
    },
    severity: 'info',
    reaction: 'acknowledged',
    remedy: nothing,
  },
  {
    code: 'OPSP0001',
    message: 'UNSUBSCRIBE SUCCESS',
    meaning: { en: 'The subscription is released.', ko: '실시간 구독이 해제되었습니다.' },
    severity: 'info',
    reaction: 'released',
    remedy: nothing,
  },
  // Operating guide 3.2 and 4.1: critical, because KIS still holds what a badly ended connection had asked
  // for. Protocol notes 3.5: harmless. Both are right, for a key just asked for and for a key we hold: this
  // is the guide's grade, and the socket machine, which knows what it holds, lowers it to info.
  {
    code: 'OPSP0002',
    message: 'ALREADY IN SUBSCRIBE',
    meaning: {
      en: 'KIS already has this subscription: it was asked for twice, or is left over from a connection that ended badly.',
      ko: '이미 구독 중인 종목입니다. 같은 요청을 두 번 보냈거나, 비정상 종료된 이전 연결의 구독이 서버에 남아 있습니다.',
    },
    severity: 'critical',
    reaction: 'duplicate',
    remedy: {
      en: 'Subscriptions must be released 3 seconds before a reconnect; this program does so by itself. If it keeps happening, stop other programs that use the same app key.',
      ko: '재연결하기 전에 구독을 모두 해제하고 3초간 기다려야 하며, 이는 프로그램이 자동으로 처리합니다. 계속 반복되면 같은 앱키를 쓰는 다른 프로그램을 종료하세요.',
    },
  },
  // Two meanings. Protocol notes 3.5, from KIS's list and production logs: the key to release was not there.
  {
    code: 'OPSP0003',
    message: 'UNSUBSCRIBE ERROR(not found!)',
    meaning: {
      en: 'There was no such subscription to release.',
      ko: '해제하려는 구독이 서버에 없습니다. 이미 해제된 것으로 봅니다.',
    },
    severity: 'info',
    reaction: 'released',
    remedy: nothing,
  },
  // Operating guide 3.2 alone: the protocol notes find that missing fields give OPSP999x instead.
  {
    code: 'OPSP0003',
    message: 'MANDATORY INPUT MISSING',
    meaning: {
      en: 'A mandatory field of the request, such as tr_key, is missing.',
      ko: '요청에 tr_key 등 필수 필드가 빠져 있습니다.',
    },
    severity: 'high',
    reaction: 'refused',
    remedy: {
      en: 'Check the list of instruments: an empty symbol makes an empty tr_key.',
      ko: '구독 종목 목록이 비어 있지 않은지, 요청 본문의 구조가 올바른지 확인하세요.',
    },
  },
  {
    code: 'OPSP0007',
    message: 'SUBSCRIBE INTERNAL ERROR',
    meaning: {
      en: 'KIS failed internally while subscribing.',
      ko: '구독을 처리하는 중에 KIS 서버에서 내부 오류가 발생했습니다.',
    },
    severity: 'high',
    reaction: 'retry',
    remedy: passing,
  },
  {
    code: 'OPSP0008',
    message: 'MAX SUBSCRIBE OVER',
    meaning: {
      en: 'More than 41 subscriptions in one session, all channels and markets together.',
      ko: '세션당 등록 한도(모든 채널과 시장을 합쳐 41건)를 초과했습니다.',
    },
    severity: 'high',
    reaction: 'refused',
    remedy: {
      en: 'Ask for less: the trades and the book of one instrument count as two. Or divide the instruments over several app keys.',
      ko: '구독 수를 줄이세요. 같은 종목이라도 체결과 호가는 각각 1건으로 계산됩니다. 더 필요하면 종목을 여러 앱키로 나누세요.',
    },
  },
  {
    code: 'OPSP0009',
    message: 'SUBSCRIBE ERROR : mci send failed',
    meaning: {
      en: "KIS could not pass the subscription on to its internal system, which the text calls 'mci'.",
      ko: '구독 요청을 KIS 내부 시스템(MCI)으로 전송하지 못했습니다.',
    },
    severity: 'high',
    reaction: 'retry',
    remedy: passing,
  },
  // One list spells it WARNNING.
  {
    code: 'OPSP0010',
    message: 'SUBSCRIBE WARNING : invalid appkey',
    meaning: { en: 'The app key is not valid.', ko: '앱키(appkey)가 유효하지 않습니다.' },
    severity: 'high',
    reaction: 'renew-approval',
    remedy: checkAppKey,
  },
  // KIS's list has `invalid approval(appkey) : NOT FOUND`; clients' logs have the text below.
  {
    code: 'OPSP0011',
    message: 'invalid approval : NOT FOUND',
    meaning: {
      en: 'KIS does not know this approval key: it is older than 24 hours, or was issued for the other environment.',
      ko: '등록되지 않은 웹소켓 접속키(approval_key)입니다. 발급 후 24시간이 지났거나 다른 환경(실전/모의)에서 발급된 키입니다.',
    },
    severity: 'high',
    reaction: 'renew-approval',
    remedy: checkAppKey,
  },
  {
    code: 'OPSP8991',
    message: 'SUBSCRIBE ERROR : invalid tr_id',
    meaning: { en: 'KIS does not know this tr_id.', ko: '유효하지 않은 tr_id입니다.' },
    severity: 'high',
    reaction: 'refused',
    remedy: {
      en: 'If you named the channel by its tr_id, check it; the paper server offers only a few. Otherwise report a fault in this program.',
      ko: '채널을 tr_id로 직접 지정했다면 값을 확인하세요. 모의투자 서버는 일부 TR만 제공합니다. 그 외의 경우는 프로그램의 결함이니 이슈로 알려 주세요.',
    },
  },
  {
    code: 'OPSP8992',
    message: 'SUBSCRIBE ERROR : invalid tr_key',
    meaning: {
      en: 'KIS does not know this tr_key: no such symbol for this channel.',
      ko: '유효하지 않은 tr_key입니다. 해당 채널에 없는 종목코드입니다.',
    },
    severity: 'high',
    reaction: 'refused',
    remedy: { en: "Check the instrument's venue and symbol.", ko: '종목의 거래소와 종목코드를 확인하세요.' },
  },
  // The other causes are from clients' reports (protocol notes 3.5).
  {
    code: 'OPSP8993',
    message: 'JSON PARSING ERROR : invalid tr_key',
    meaning: {
      en: 'KIS could not read the tr_key. A malformed PINGPONG reply and a made-up tr_id get the same answer.',
      ko: 'tr_key를 해석할 수 없습니다. 형식이 잘못된 PINGPONG 응답이나 존재하지 않는 tr_id에도 같은 응답이 옵니다.',
    },
    severity: 'high',
    reaction: 'refused',
    remedy: {
      en: 'Check the symbol, and the tr_id if you named one. If both are right, report a fault in this program.',
      ko: '종목코드와 (직접 지정했다면) tr_id를 확인하세요. 모두 올바르다면 프로그램의 결함이니 이슈로 알려 주세요.',
    },
  },
  {
    code: 'OPSP8994',
    message: 'JSON PARSING ERROR : personalseckey not found',
    meaning: {
      en: 'The request has no personalseckey, which only corporate customers send.',
      ko: '요청에 personalseckey가 없습니다. 법인 고객만 사용하는 항목입니다.',
    },
    severity: 'high',
    reaction: 'refused',
    remedy: {
      en: 'Check whether the app key belongs to a corporate customer, and use one of an individual.',
      ko: '법인 고객의 앱키인지 확인하고, 개인 고객의 앱키를 사용하세요.',
    },
  },
  {
    code: 'OPSP8995',
    message: 'JSON PARSING ERROR : appsecret not found',
    meaning: {
      en: 'The request has no appsecret: it was read as an old-style request, from before approval keys.',
      ko: '요청에 appsecret이 없습니다. 접속키 도입 이전의 구형 요청으로 처리되었습니다.',
    },
    severity: 'high',
    reaction: 'refused',
    remedy: ourFault,
  },
  // control.txt line 4. KIS's list puts JSON PARSING ERROR in front; the wire does not. The 45 to 90 seconds
  // are one client's measurement (protocol notes 8).
  {
    code: 'OPSP8996',
    message: 'ALREADY IN USE appkey',
    meaning: {
      en: 'Another session holds this app key: another program, or an earlier connection that KIS has not cleared away.',
      ko: '다른 세션이 이 앱키를 사용 중입니다. 다른 프로그램이 접속해 있거나, 이전 연결이 아직 서버에서 정리되지 않았습니다.',
    },
    severity: 'critical',
    reaction: 'occupied',
    remedy: {
      en: 'Stop the other program. After a crash, wait: KIS is reported to free the app key in 45 to 90 seconds. A new approval key does not help, and connecting in a loop can get the key blocked.',
      ko: '같은 앱키를 쓰는 다른 프로그램을 종료하세요. 비정상 종료 직후라면 45~90초 정도 기다리면 풀리는 것으로 알려져 있습니다. 접속키를 새로 발급해도 소용없으며, 반복해서 접속하면 앱키가 차단될 수 있습니다.',
    },
  },
  {
    code: 'OPSP8997',
    message: 'JSON PARSING ERROR : invalid tr_type',
    meaning: {
      en: 'The tr_type is neither 1 (subscribe) nor 2 (unsubscribe).',
      ko: 'tr_type이 유효하지 않습니다. 1(등록) 또는 2(해제)여야 합니다.',
    },
    severity: 'high',
    reaction: 'refused',
    remedy: ourFault,
  },
  {
    code: 'OPSP8998',
    message: 'JSON PARSING ERROR : invalid custtype',
    meaning: {
      en: 'The custtype is neither P (person) nor B (corporation).',
      ko: '고객유형(custtype)이 유효하지 않습니다. P(개인) 또는 B(법인)여야 합니다.',
    },
    severity: 'high',
    reaction: 'refused',
    remedy: ourFault,
  },
  {
    code: 'OPSP8999',
    message: 'resource not available (ALLOC_CALL_PARAM)',
    meaning: {
      en: 'KIS ran out of a resource while preparing the call.',
      ko: 'KIS 서버의 리소스가 부족해 요청을 처리하지 못했습니다. (호출 파라미터 할당 실패)',
    },
    severity: 'high',
    reaction: 'retry',
    remedy: passing,
  },
  // One list gives `invalid tr_key` for this code, the other the text below (as do protocol notes 3.5).
  {
    code: 'OPSP9990',
    message: 'JSON PARSING ERROR : tr_key not found',
    meaning: { en: 'The request has no tr_key.', ko: '요청에 tr_key가 없습니다.' },
    severity: 'high',
    reaction: 'refused',
    remedy: ourFault,
  },
  {
    code: 'OPSP9991',
    message: 'JSON PARSING ERROR : input not found',
    meaning: { en: 'The body of the request has no input.', ko: '요청의 body에 input이 없습니다.' },
    severity: 'high',
    reaction: 'refused',
    remedy: ourFault,
  },
  {
    code: 'OPSP9992',
    message: 'JSON PARSING ERROR : body not found',
    meaning: { en: 'The request has no body.', ko: '요청에 body가 없습니다.' },
    severity: 'high',
    reaction: 'refused',
    remedy: ourFault,
  },
  {
    code: 'OPSP9993',
    message: 'JSON PARSING ERROR : internal error',
    meaning: {
      en: 'KIS failed internally while reading the request.',
      ko: '요청을 해석하는 중에 KIS 서버에서 내부 오류가 발생했습니다.',
    },
    severity: 'high',
    reaction: 'retry',
    remedy: passing,
  },
  {
    code: 'OPSP9994',
    message: 'JSON PARSING ERROR : INVALID appkey',
    meaning: {
      en: 'The app key or approval key in the request is not valid.',
      ko: '요청에 담긴 앱키 또는 웹소켓 접속키가 유효하지 않습니다.',
    },
    severity: 'high',
    reaction: 'renew-approval',
    remedy: checkAppKey,
  },
  {
    code: 'OPSP9995',
    message: 'JSON PARSING ERROR : resource not available',
    meaning: {
      en: 'KIS ran out of a resource while reading the request.',
      ko: '요청을 해석하는 중에 KIS 서버의 리소스가 부족했습니다.',
    },
    severity: 'high',
    reaction: 'retry',
    remedy: passing,
  },
  // The text stops after "appkey"; that it means a missing one is the protocol notes' reading.
  {
    code: 'OPSP9996',
    message: 'JSON PARSING ERROR : appkey',
    meaning: {
      en: 'The request carries no app key or approval key.',
      ko: '요청에 앱키 또는 웹소켓 접속키가 없습니다.',
    },
    severity: 'high',
    reaction: 'renew-approval',
    remedy: checkAppKey,
  },
  {
    code: 'OPSP9997',
    message: 'JSON PARSING ERROR : custtype not found',
    meaning: { en: 'The request has no custtype.', ko: '요청에 고객유형(custtype)이 없습니다.' },
    severity: 'high',
    reaction: 'refused',
    remedy: ourFault,
  },
  {
    code: 'OPSP9998',
    message: 'JSON PARSING ERROR : header not found',
    meaning: { en: 'The request has no header.', ko: '요청에 header가 없습니다.' },
    severity: 'high',
    reaction: 'refused',
    remedy: ourFault,
  },
  // The answer's own tr_id is then `(null)`, so it can only be matched by the order of sending (protocol
  // notes 3.4).
  {
    code: 'OPSP9999',
    message: 'JSON PARSING ERROR : invalid json format',
    meaning: { en: 'The request is not JSON.', ko: '요청이 올바른 JSON 형식이 아닙니다.' },
    severity: 'high',
    reaction: 'refused',
    remedy: ourFault,
  },
]
