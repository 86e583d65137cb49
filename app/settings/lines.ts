// The lines of a feed: each is one app key with the one session that KIS allows it, and serves its own markets.
import type { AppKeys } from '../../kis/credentials.ts'
import type { LineId } from '../../market/events.ts'
import { type Market, markets } from '../../market/instrument.ts'

export type Line = AppKeys & {
  readonly id: LineId
  readonly markets: readonly Market[]
}

/** One line for both markets, or one for each when the US market has an app key of its own. */
export function linesOf({ appKey, appSecret, us }: AppKeys & { readonly us: AppKeys | undefined }): readonly Line[] {
  const first = { id: '1', appKey, appSecret }
  if (us === undefined) return [{ ...first, markets }]
  return [
    { ...first, markets: ['KR'] },
    { id: '2', ...us, markets: ['US'] },
  ]
}

/** The line of each market. Every market has exactly one. */
export function lineIds(lines: readonly Line[]): Readonly<Record<Market, LineId>> {
  return Object.fromEntries(lines.flatMap(({ id, markets }) => markets.map(market => [market, id]))) as Record<
    Market,
    LineId
  >
}
