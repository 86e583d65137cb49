// Every setting: its name in code, accepted values, variable, flag, default and meaning. The source of the
// parser, `--help`, docs/configuration.md, docs/configuration.ko.md and the list in docker-compose.yml.
import { z } from 'zod'
import * as values from './values.ts'

export type Language = 'en' | 'ko'
export type Text = Readonly<Record<Language, string>>

export const groups = {
  keys: { en: 'Keys', ko: '앱키와 계정' },
  watched: { en: 'What to watch', ko: '구독 대상' },
  addresses: { en: 'Addresses', ko: '주소' },
  folders: { en: 'What is kept', ko: '보관' },
  jobs: { en: 'Jobs', ko: '작업(job)' },
  dashboard: { en: 'Dashboard', ko: '대시보드' },
  output: { en: 'Output', ko: '출력' },
} as const satisfies Readonly<Record<string, Text>>

export type Setting = {
  readonly group: keyof typeof groups
  /** Reads text as well as values from code, and has the default. */
  readonly schema: z.ZodType
  readonly variable?: string
  /** As Commander writes it: `--market [market]`. */
  readonly flag?: string
  /** A further flag that turns it off. */
  readonly offFlag?: string
  /** The option in code where it has another name, or where the setting is not one of `createFeed`. */
  readonly option?: string
  /** For the documents, where the default of the schema does not say it. */
  readonly default?: Text
  readonly meaning: Text
  /** The value in the containers of docker-compose.yml: by default the variable's; false leaves it out. */
  readonly inContainers?: string | false
}

/** Settings of a feed: `createFeed` takes all of them. */
export const feedSettings = {
  environment: {
    group: 'keys',
    schema: values.oneOf('prod', 'paper').default('prod'),
    variable: 'KIS_ENV',
    meaning: {
      en: '`prod` or `paper`: hosts, ports and pace',
      ko: '`prod`(실전투자) 또는 `paper`(모의투자): 호스트, 포트, 요청 간격',
    },
  },
  appKey: {
    group: 'keys',
    schema: values.secret,
    variable: 'KIS_APP_KEY',
    meaning: {
      en: 'app key. Without keys, `run` streams a demonstration',
      ko: '앱키(App Key). 없으면 `run`은 데모 시세를 내보냅니다',
    },
  },
  appSecret: {
    group: 'keys',
    schema: values.secret,
    variable: 'KIS_APP_SECRET',
    meaning: { en: 'its secret', ko: '앱키의 시크릿(App Secret)' },
  },
  usAppKey: {
    group: 'keys',
    schema: values.secret.optional(),
    variable: 'KIS_APP_KEY_US',
    meaning: {
      en: 'a second app key, for the US market alone: both markets can be connected at once',
      ko: '미국 시장 전용 두 번째 앱키. 두 시장을 동시에 연결할 수 있습니다',
    },
  },
  usAppSecret: {
    group: 'keys',
    schema: values.secret.optional(),
    variable: 'KIS_APP_SECRET_US',
    meaning: { en: 'its secret', ko: '두 번째 앱키의 시크릿' },
  },
  htsId: {
    group: 'keys',
    schema: values.secret.optional(),
    variable: 'KIS_HTS_ID',
    meaning: {
      en: 'HTS login id: the key of account notices, for which one slot is kept free',
      ko: 'HTS 로그인 ID. 계좌 체결통보의 구독 키이며, 통보용으로 슬롯 1건을 비워 둡니다',
    },
  },
  customerType: {
    group: 'keys',
    schema: values.oneOf('P', 'B').default('P'),
    variable: 'KIS_CUSTOMER_TYPE',
    meaning: { en: '`P` person, `B` corporation', ko: '`P` 개인, `B` 법인' },
  },
  overseasFeed: {
    group: 'keys',
    schema: values.oneOf('free', 'paid').default('free'),
    variable: 'KIS_OVERSEAS_FEED',
    meaning: {
      en: '`free` (`DNASAAPL`), or `paid` (`RNASAAPL`) if you applied for it',
      ko: '`free`(무료 시세, `DNASAAPL`) 또는 신청한 경우 `paid`(유료 시세, `RNASAAPL`)',
    },
  },
  instruments: {
    group: 'watched',
    schema: values.instrumentList.default([]),
    variable: 'KIS_INSTRUMENTS',
    flag: '--instruments [list]',
    default: { en: 'five well-known ones; in code none', ko: '잘 알려진 종목 5개, 코드에서는 없음' },
    meaning: {
      en: 'what to watch, as `KRX:005930,NAS:AAPL`',
      ko: '구독할 종목. `KRX:005930,NAS:AAPL`처럼 쉼표로 구분합니다',
    },
  },
  channels: {
    group: 'watched',
    schema: values.channelList.default(['trade']),
    variable: 'KIS_CHANNELS',
    flag: '--channels [list]',
    default: { en: '`trade,order-book`; in code `trade`', ko: '`trade,order-book`, 코드에서는 `trade`' },
    meaning: {
      en: '`trade`, `order-book`, or ids of KIS transactions such as `H0STPGM0`',
      ko: '`trade`, `order-book` 또는 `H0STPGM0` 같은 KIS의 TR ID',
    },
  },
  subscribe: {
    group: 'watched',
    schema: values.pairList.default([]),
    variable: 'KIS_SUBSCRIBE',
    flag: '--subscribe [list]',
    meaning: {
      en: 'further single pairs, as `KRX:005930@trade+order-book,KRX:0001@H0UPCNT0`',
      ko: '종목과 채널을 하나씩 추가로 지정: `KRX:005930@trade+order-book,KRX:0001@H0UPCNT0`',
    },
  },
  market: {
    group: 'watched',
    schema: values.oneOf('auto', 'KR', 'US').default('auto'),
    variable: 'KIS_MARKET',
    flag: '--market [market]',
    meaning: {
      en: '`auto` follows the schedule; `KR` or `US` holds that market at any hour',
      ko: '`auto`는 시간표를 따르고, `KR` 또는 `US`는 시각과 관계없이 그 시장을 유지합니다',
    },
  },
  schedule: {
    group: 'watched',
    schema: values.oneOf('operating-guide', 'korean-after-market', 'side-by-side').default('operating-guide'),
    variable: 'KIS_SCHEDULE',
    flag: '--schedule [name]',
    meaning: {
      en: 'at what hours which market is connected: `operating-guide`, `korean-after-market`, or `side-by-side` on two app keys',
      ko: '어느 시각에 어느 시장을 연결할지: `operating-guide`, `korean-after-market` 또는 `side-by-side`(앱키 두 개)',
    },
  },
  calendarFile: {
    group: 'watched',
    schema: values.calendarFile.optional(),
    variable: 'KIS_CALENDAR',
    flag: '--calendar [file]',
    meaning: {
      en: 'days that you know better than the announced holidays, as a JSON file',
      ko: '공휴일 자료보다 정확히 아는 날짜를 적은 JSON 파일',
    },
  },
  calendarChanges: {
    group: 'watched',
    schema: values.calendarChanges.optional(),
    meaning: {
      en: 'the same as a value: `{ holidays: { KR: [20261013] } }`',
      ko: '같은 내용을 값으로: `{ holidays: { KR: [20261013] } }`',
    },
  },
  columns: {
    group: 'watched',
    schema: values.columnList.default([]),
    variable: 'KIS_COLUMNS',
    flag: '--columns [list]',
    meaning: {
      en: "further columns of trades and books, by KIS's names, as `VI_STND_PRC`",
      ko: '체결과 호가에서 추가로 받을 컬럼. `VI_STND_PRC`처럼 KIS의 이름으로 지정합니다',
    },
  },
  restUrl: {
    group: 'addresses',
    schema: values.httpAddress.optional(),
    variable: 'KIS_REST_URL',
    default: { en: "KIS's", ko: 'KIS 주소' },
    meaning: { en: 'base address of the REST calls', ko: 'REST 호출의 기본 주소' },
  },
  socketUrl: {
    group: 'addresses',
    schema: values.socketAddress.optional(),
    variable: 'KIS_WS_URL',
    default: { en: "KIS's, `/tryitout`", ko: 'KIS 주소, `/tryitout`' },
    meaning: {
      en: 'address of the WebSocket; with a path, that path; ending in `/`, the bare host',
      ko: 'WebSocket 주소. 경로가 있으면 그 경로를, `/`로 끝나면 경로 없이 호스트만 사용합니다',
    },
  },
  koreanSocketUrl: {
    group: 'addresses',
    schema: values.socketAddress.optional(),
    variable: 'KIS_WS_URL_KR',
    default: { en: '`KIS_WS_URL`', ko: '`KIS_WS_URL`' },
    meaning: { en: 'the same for the Korean market alone', ko: '위와 같으며 국내 시장에만 적용' },
  },
  usSocketUrl: {
    group: 'addresses',
    schema: values.socketAddress.optional(),
    variable: 'KIS_WS_URL_US',
    default: { en: '`KIS_WS_URL`', ko: '`KIS_WS_URL`' },
    meaning: { en: 'the same for the US market alone', ko: '위와 같으며 미국 시장에만 적용' },
  },
  checkCertificate: {
    group: 'addresses',
    schema: values.trueOrFalse.default(true),
    variable: 'KIS_CHECK_CERTIFICATE',
    meaning: {
      en: '`false` is accepted for paper only, whose TLS certificate is reported not to match',
      ko: '`false`는 모의투자에서만 허용됩니다. 모의투자의 TLS 인증서는 호스트와 일치하지 않는다고 보고되어 있습니다',
    },
  },
} as const satisfies Readonly<Record<string, Setting>>

export const logLevels = ['silent', 'error', 'warn', 'info', 'debug'] as const

/** Short enough to type, long enough not to be guessed over a network. */
const shortestToken = 16

/** Settings of the command, beside those of its feed. */
export const commandSettings = {
  allowUnplaced: {
    group: 'watched',
    schema: values.onOrOff.default(false),
    variable: 'KIS_ALLOW_UNPLACED',
    flag: '--allow-unplaced',
    option: '',
    meaning: {
      en: 'start without the subscriptions beyond the 41 slots of an app key; by default they are a mistake',
      ko: '앱키 하나의 한도 41건을 넘는 구독을 빼고 시작합니다. 기본은 시작하지 않고 오류를 냅니다',
    },
  },
  dataFolder: {
    group: 'folders',
    schema: values.text('a folder, or off').default('.kis-stream'),
    variable: 'KIS_DATA_FOLDER',
    flag: '--data-folder [folder]',
    option: 'dataFolder',
    default: {
      en: '`.kis-stream`; none for a demonstration, and in code',
      ko: '`.kis-stream`, 데모와 코드에서는 없음',
    },
    meaning: {
      en: 'where the last state is kept, so that a restart reports what it missed and knows how often it connected, and where a private Redis is; one feed to a folder; `off` keeps none',
      ko: '마지막 상태를 보관하는 폴더. 다시 시작하면 그동안 놓친 거래량을 알려 주고 연결 횟수도 이어서 셉니다. 전용 Redis의 파일도 여기에 둡니다. 한 폴더는 한 피드만 쓸 수 있습니다. `off`이면 보관하지 않습니다',
    },
    inContainers: '/data',
  },
  record: {
    group: 'folders',
    schema: values.text('a folder').optional(),
    variable: 'KIS_RECORD',
    flag: '--record [folder]',
    option: 'recordFolder',
    meaning: {
      en: 'a folder in which every frame is kept as it came, for a replay; one recorder to a folder',
      ko: '모든 프레임을 받은 그대로 보관할 폴더. 리플레이에 쓰며, 한 폴더에는 한 프로세스만 기록합니다',
    },
  },
  jobs: {
    group: 'jobs',
    schema: z
      .union([z.literal(false).transform(() => 'off' as const), values.oneOf('here', 'elsewhere', 'off')], {
        error: issue => `'${String(issue.input)}'; expected here, elsewhere, off`,
      })
      .default('here'),
    variable: 'KIS_JOBS',
    flag: '--jobs [where]',
    offFlag: '--no-jobs',
    option: '',
    meaning: {
      en: '`here` works on jobs in this process, `elsewhere` puts them in for a worker, `off` does without: no Redis, gaps are reported and not repaired',
      ko: '`here`는 이 프로세스에서 작업을 처리하고, `elsewhere`는 worker에게 맡기며, `off`는 작업 없이 실행합니다(Redis를 쓰지 않고, 누락은 알리기만 합니다)',
    },
    inContainers: false,
  },
  redisUrl: {
    group: 'jobs',
    schema: z.string().optional(),
    variable: 'REDIS_URL',
    option: 'redisUrl',
    default: { en: 'a private server', ko: '전용 서버' },
    meaning: {
      en: 'the Redis of the jobs; it is an error when it cannot be reached',
      ko: '작업에 쓰는 Redis. 연결되지 않으면 오류입니다',
    },
    inContainers: 'redis://127.0.0.1:6379',
  },
  dashboard: {
    group: 'dashboard',
    schema: values.onOrOff.default(true),
    variable: 'KIS_DASHBOARD',
    offFlag: '--no-dashboard',
    option: '',
    meaning: { en: '`off` serves no dashboard', ko: '`off`이면 대시보드를 열지 않습니다' },
  },
  dashboardPort: {
    group: 'dashboard',
    schema: values.port.default(8710),
    variable: 'KIS_DASHBOARD_PORT',
    flag: '--dashboard-port [port]',
    option: '',
    meaning: {
      en: 'port of the dashboard, or the next free one',
      ko: '대시보드의 포트. 사용 중이면 다음 빈 포트를 씁니다',
    },
  },
  dashboardHost: {
    group: 'dashboard',
    schema: values.text('an address, as 127.0.0.1').trim().min(1).default('127.0.0.1'),
    variable: 'KIS_DASHBOARD_HOST',
    flag: '--dashboard-host [address]',
    option: '',
    meaning: {
      en: 'address of the dashboard; one that other machines can reach needs `KIS_DASHBOARD_TOKEN`',
      ko: '대시보드의 주소. 다른 컴퓨터에서 접근할 수 있는 주소에는 `KIS_DASHBOARD_TOKEN`이 필요합니다',
    },
    inContainers: false,
  },
  dashboardToken: {
    group: 'dashboard',
    schema: z
      .string()
      .min(shortestToken, { error: `is too short; expected ${shortestToken} characters or more` })
      .optional(),
    variable: 'KIS_DASHBOARD_TOKEN',
    option: '',
    meaning: {
      en: `token of the dashboard, ${shortestToken} characters or more`,
      ko: `대시보드의 토큰. ${shortestToken}자 이상`,
    },
    inContainers: false,
  },
  inspect: {
    group: 'dashboard',
    schema: values.onOrOff.default(false),
    variable: 'KIS_INSPECT',
    flag: '--inspect',
    option: '',
    meaning: {
      en: 'record the machines from the start, and feed the Stately inspector',
      ko: '처음부터 상태 머신을 기록하고 Stately 인스펙터로 보냅니다',
    },
  },
  format: {
    group: 'output',
    schema: values.oneOf('pretty', 'ndjson').default('pretty'),
    variable: 'KIS_FORMAT',
    flag: '--format [format]',
    option: '',
    meaning: {
      en: '`pretty` for people, `ndjson` for programs: one event a line',
      ko: '사람이 읽는 `pretty` 또는 프로그램이 읽는 `ndjson`(한 줄에 이벤트 하나)',
    },
    inContainers: false,
  },
  logLevel: {
    group: 'output',
    schema: values.oneOf(...logLevels).default('info'),
    variable: 'KIS_LOG_LEVEL',
    flag: '--log-level [level]',
    option: '',
    meaning: {
      en: '`silent`, `error`, `warn`, `info` or `debug`, on standard error',
      ko: '`silent`, `error`, `warn`, `info`, `debug`. 표준 오류로 나갑니다',
    },
  },
} as const satisfies Readonly<Record<string, Setting>>

export const allSettings: Readonly<Record<string, Setting>> = { ...feedSettings, ...commandSettings }

type Schemas<T extends Readonly<Record<string, Setting>>> = { -readonly [K in keyof T]: T[K]['schema'] }

/** The settings as one schema. */
export function schemaOf<T extends Readonly<Record<string, Setting>>>(settings: T): z.ZodObject<Schemas<T>> {
  const schemas = Object.entries(settings).map(([name, { schema }]) => [name, schema])
  return z.object(Object.fromEntries(schemas) as Schemas<T>)
}

export const commandSchema = schemaOf(commandSettings)

/** `off` keeps nothing. */
export function keptFolder(dataFolder: string): string | undefined {
  return dataFolder === 'off' ? undefined : dataFolder
}
