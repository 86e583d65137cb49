// Every timing: its meaning, and the variable of the few that have one. Defaults and reasons are in
// machines/timing.ts.
import type { Timing } from '../../machines/timing.ts'
import type { Text } from './setting-list.ts'

/** Timings that have a variable; all others are options in code alone. */
const timingsInEnvironment: readonly (keyof Timing)[] = [
  'graceMs',
  'openTimeoutMs',
  'stableMs',
  'mostConnects',
  'quietMs',
  'silenceMs',
]

/** `graceMs` → `KIS_GRACE_MS`, whether or not it is a variable today. */
export function timingName(timing: string): string {
  return `KIS_${timing.replaceAll(/[A-Z]/g, letter => `_${letter}`).toUpperCase()}`
}

export function timingVariable(timing: string): string | undefined {
  return timingsInEnvironment.some(name => name === timing) ? timingName(timing) : undefined
}

export const timingMeanings: Readonly<Record<keyof Timing, Text>> = {
  graceMs: {
    en: 'between the last release and the close; the first wait after a loss',
    ko: '마지막 해제 요청과 연결 종료 사이의 유예 시간. 연결이 끊긴 뒤의 첫 대기이기도 합니다',
  },
  heartbeatMs: {
    en: "between two PINGPONGs of our own; 0 turns them off. KIS's own is always echoed",
    ko: '클라이언트가 보내는 PINGPONG의 주기. 0이면 보내지 않습니다. KIS가 보낸 PINGPONG은 항상 돌려보냅니다',
  },
  openTimeoutMs: {
    en: 'approval key and handshake together; each REST answer',
    ko: '접속키(approval key) 발급과 핸드셰이크를 합한 시간. REST 응답 하나의 제한 시간이기도 합니다',
  },
  ackTimeoutMs: { en: 'from the last request to its answer', ko: '마지막 요청부터 그 응답까지' },
  stableMs: {
    en: 'after so long with data, past failures are forgotten',
    ko: '데이터가 이만큼 이어지면 지난 실패를 잊습니다',
  },
  longestBackoffMs: { en: 'longest wait between two attempts to connect', ko: '두 연결 시도 사이의 최대 대기' },
  occupiedMs: {
    en: 'first wait when another session holds the app key; it doubles',
    ko: '다른 세션이 앱키를 쓰고 있을 때의 첫 대기. 두 배씩 늘어납니다',
  },
  longestOccupiedMs: { en: 'longest such wait', ko: '그 대기의 최댓값' },
  lingerMs: {
    en: 'the first such wait when the owner is known to be gone; then 10/9 and 8/3 of it, doubling',
    ko: '앱키를 쓰던 프로세스가 끝난 것을 알 때의 첫 대기. 다음은 10/9배, 8/3배이며 그 뒤 두 배씩 늘어납니다',
  },
  refusedMs: {
    en: 'before a subscription that was refused for a passing reason is asked for again; it doubles',
    ko: '일시적인 이유로 거부된 구독을 다시 요청하기까지의 시간. 두 배씩 늘어납니다',
  },
  longestRefusedMs: { en: 'longest such wait', ko: '그 대기의 최댓값' },
  pacingMs: { en: 'between two requests, and between two REST calls', ko: '두 요청 사이, 두 REST 호출 사이의 간격' },
  closeTimeoutMs: { en: 'for the server to confirm a close', ko: '서버가 연결 종료를 확인해 줄 때까지' },
  mostConnects: {
    en: 'connections of an app key in any window',
    ko: '앱키 하나가 정해진 시간 안에 연결할 수 있는 횟수',
  },
  connectWindowMs: { en: 'that window', ko: '그 횟수를 세는 시간' },
  mostRequests: {
    en: 'subscriptions and releases in any window',
    ko: '정해진 시간 안에 보낼 수 있는 구독과 해제 요청 수',
  },
  requestWindowMs: { en: 'that window', ko: '그 요청을 세는 시간' },
  adoptionMs: {
    en: 'for data of a key that KIS says it already has',
    ko: 'KIS가 이미 구독 중이라고 답한 종목의 데이터를 기다리는 시간',
  },
  quietMs: {
    en: 'shortest time without data after which an instrument can be stale',
    ko: '종목 하나를 정체(stale)로 볼 수 있는 가장 짧은 무수신 시간',
  },
  silenceMs: {
    en: 'shortest time without data after which a market can be silent',
    ko: '시장 전체를 무응답(silent)으로 볼 수 있는 가장 짧은 무수신 시간',
  },
  pulseMs: {
    en: 'a connection that brings nothing for so long, PINGPONG included, is dead at any hour; 0 turns it off',
    ko: 'PINGPONG을 포함해 아무것도 오지 않은 연결을 시간대와 관계없이 끊긴 것으로 보는 시간. 0이면 끕니다',
  },
  handOverTimeoutMs: {
    en: 'for a market to let go of the app key at a hand-over, beyond releases and grace',
    ko: '장 전환에서 한 시장이 앱키를 놓을 때까지, 해제와 유예 시간을 넘겨 더 기다리는 시간',
  },
  stopTimeoutMs: {
    en: 'beyond releases and grace, a stop goes on without what hangs',
    ko: '종료할 때 해제와 유예 시간을 넘겨 더 기다리는 시간. 그 뒤에는 멈춘 것을 두고 끝냅니다',
  },
}
