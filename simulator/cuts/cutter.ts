// Cuts the trades of one registration differently, frame by frame, by random numbers of its own. It is not
// known whether two sessions of KIS always get the same records.
import type { Random } from '../tape/random.ts'
import { follows, joined, split, swapped, type Values } from './pieces.ts'
import { type TradeColumns, tradeColumns } from './trade-columns.ts'

/** A record that is sent, and the records of the tape, by their place in the frame, whose volume it has. */
export type Piece = { readonly record: string; readonly of: readonly number[] }

/** The records of one frame → what is sent. */
export type Cutter = (records: readonly string[]) => readonly Piece[]

export function createCutter(tr: string, random: Random): Cutter {
  /** The last record of the tape. */
  let before: Values = []

  /** Undefined where this number, or the trade, leaves it as it is. */
  function cut(one: Values, next: Values | undefined, columns: TradeColumns): readonly Cut[] | undefined {
    const lot = random.next()
    const share = random.next()
    if (!follows(before, one, columns)) return undefined
    if (lot < 0.25) {
      const halves = split(before, one, share, columns)
      return halves?.map(values => ({ values, of: [0] }))
    }
    if (lot > 0.75 || next === undefined || !follows(one, next, columns)) return undefined
    const both = lot < 0.5 ? joined(before, one, next, columns) : undefined
    if (both !== undefined) return [{ values: both, of: [0, 1] }]
    const other = swapped(before, one, next, columns)
    return (
      other && [
        { values: other[0], of: [1] },
        { values: other[1], of: [0] },
      ]
    )
  }

  return records => {
    const pieces: Piece[] = []
    const rows = records.map(record => record.split('^'))
    for (let i = 0; i < rows.length; ) {
      const one = rows[i] ?? []
      const columns = tradeColumns(tr, one.length)
      const next = rows[i + 1]?.length === one.length ? rows[i + 1] : undefined
      const cuts = columns && cut(one, next, columns)
      const at = i
      i += Math.max(1, ...(cuts ?? []).flatMap(({ of }) => of.map(place => place + 1)))
      if (cuts === undefined) pieces.push({ record: records[at] ?? '', of: [at] })
      else for (const { values, of } of cuts) pieces.push({ record: values.join('^'), of: of.map(place => at + place) })
      before = rows[i - 1] ?? []
    }
    return pieces
  }
}

type Cut = { readonly values: Values; readonly of: readonly number[] }
