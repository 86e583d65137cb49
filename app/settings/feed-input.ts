// The settings of a feed in code, as users read them in their editor. The table in setting-list.ts says what
// each accepts; a test compares the two.
import type { Timing } from '../../machines/timing.ts'
import type { CalendarChanges } from '../../market/calendar/holidays.ts'
import type { ScheduleName } from '../../market/calendar/schedules.ts'

export type { Timing }

export type FeedInput = {
  /** `prod` by default; `paper` has hosts, ports and a pace of its own. */
  readonly environment?: 'prod' | 'paper'
  /** From KIS Developers. One feed to an app key: KIS allows it one session. */
  readonly appKey: string
  readonly appSecret: string
  /** A second app key, for the US market alone: both markets can be connected at once. */
  readonly usAppKey?: string
  readonly usAppSecret?: string
  /** HTS login id: the key of account notices (`H0STCNI0`), for which one slot is kept free. */
  readonly htsId?: string
  /** `P` person (default), `B` corporation. */
  readonly customerType?: 'P' | 'B'
  /** `free` by default; `paid` if you applied for it. */
  readonly overseasFeed?: 'free' | 'paid'
  /** What to watch, as `['KRX:005930', 'NAS:AAPL']` or `'KRX:005930,NAS:AAPL'`. None by default. */
  readonly instruments?: string | readonly string[]
  /** `trade` by default; also `order-book`, and ids of KIS transactions such as `H0STPGM0`. */
  readonly channels?: string | readonly string[]
  /** Further single pairs, as `['KRX:0001@H0UPCNT0']`. */
  readonly subscribe?: string | readonly string[]
  /** `auto` (default) follows the schedule; `KR` or `US` holds that market at any hour. */
  readonly market?: 'auto' | 'KR' | 'US'
  /** When each market is connected. `operating-guide` by default; `side-by-side` needs a second app key. */
  readonly schedule?: ScheduleName
  /** Days that you know better than the announced holidays. */
  readonly calendarChanges?: CalendarChanges
  /** The same as a JSON file; one of the two is enough. */
  readonly calendarFile?: string
  /** Further columns of trades and books, by KIS's names, as `['VI_STND_PRC']`. */
  readonly columns?: string | readonly string[]
  /** Base address of the REST calls. KIS's by default. */
  readonly restUrl?: string
  /** Address of the WebSocket. Its path is `/tryitout` by default, and none where it ends in `/`. */
  readonly socketUrl?: string
  /** The same for one market alone. */
  readonly koreanSocketUrl?: string
  readonly usSocketUrl?: string
  /** `true` by default. `false` only for paper, whose TLS certificate is reported not to match. */
  readonly checkCertificate?: boolean
  /** Waits in milliseconds and limits, as `{ graceMs: 3000 }`. */
  readonly timing?: Partial<Timing>
}
