// Names of issues, as KIS writes them. Symbols that are not here get a name made of the symbol.

type Names = { readonly korean: string; readonly english: string }

const known: Readonly<Record<string, readonly [korean: string, english: string]>> = {
  '005930': ['삼성전자', 'SamsungElec'],
  '000660': ['SK하이닉스', 'SK hynix'],
  '373220': ['LG에너지솔루션', 'LG Energy Solution'],
  '207940': ['삼성바이오로직스', 'SAMSUNG BIOLOGICS'],
  '005380': ['현대차', 'HyundaiMtr'],
  '000270': ['기아', 'KIA CORP.'],
  '068270': ['셀트리온', 'Celltrion'],
  '005490': ['POSCO홀딩스', 'POSCO HOLDINGS'],
  '035420': ['NAVER', 'NAVER'],
  '051910': ['LG화학', 'LG CHEM'],
  '006400': ['삼성SDI', 'SAMSUNG SDI'],
  '028260': ['삼성물산', 'SAMSUNG C&T'],
  '105560': ['KB금융', 'KB Financial Group'],
  '055550': ['신한지주', 'Shinhan Financial Group'],
  '035720': ['카카오', 'Kakao'],
  '012330': ['현대모비스', 'Mobis'],
  '066570': ['LG전자', 'LG Electronics'],
  '032830': ['삼성생명', 'SamsungLife'],
  '003550': ['LG', 'LG Corp.'],
  '086790': ['하나금융지주', 'HANA FINANCIAL GR'],
  '033780': ['KT&G', 'KT&G'],
  '015760': ['한국전력', 'KEPCO'],
  '017670': ['SK텔레콤', 'SKTelecom'],
  '034020': ['두산에너빌리티', 'Doosan Enerbility'],
  '009150': ['삼성전기', 'SamsungElecMech'],
  '018260': ['삼성에스디에스', 'SAMSUNG SDS'],
  '003670': ['포스코퓨처엠', 'POSCO FUTURE M'],
  '011200': ['HMM', 'HMM'],
  '010130': ['고려아연', 'KoreaZinc'],
  '096770': ['SK이노베이션', 'SK Innovation'],
  AAPL: ['애플', 'APPLE INC'],
  MSFT: ['마이크로소프트', 'MICROSOFT CORP'],
  NVDA: ['엔비디아', 'NVIDIA CORP'],
  TSLA: ['테슬라', 'TESLA INC'],
}

export function namesOf(symbol: string): Names {
  const [korean, english] = (Object.hasOwn(known, symbol) ? known[symbol] : undefined) ?? []
  return { korean: korean ?? `종목${symbol}`, english: english ?? `ISSUE ${symbol}` }
}

/** The Korean issues among them. */
export const namedKoreanSymbols: readonly string[] = Object.keys(known).filter(symbol => /^\d{6}$/.test(symbol))
