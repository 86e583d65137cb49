// Faults of frames: a symbol without data, and records that are lost, doubled, out of order, or wider than
// before.
import { type FaultMaker, type FrameHook, isChosen, type Recipient, type Work } from './hooks.ts'
import type { FaultOf } from './faults.ts'
import { type DataFrame, frameWith, isTrade, isTradeOrBook, type Row } from '../columns/records.ts'
import { nameOf, type Registration } from '../transactions.ts'

/** No record reaches the sessions that the fault names. */
export function withholding(work: Work, concern: (to: Recipient) => boolean): FrameHook {
  return {
    concern,
    change(to, frames) {
      for (const { rows } of frames) work.withhold(to, rows)
      return []
    },
  }
}

export const muteSymbol: FaultMaker<'mute-symbol'> = (fault, work) => ({
  frames: withholding(work, to => isChosen(fault, to.registration)),
})

export const lose: FaultMaker<'lose'> = (fault, work) => {
  const lots = drawLots(fault, work)
  return {
    frames: {
      concern: lots.concern,
      change(to, frames) {
        const lost = new Set<Row>()
        for (const { rows } of frames) for (const row of rows) if (lots.hit(to)) lost.add(row)
        if (lost.size === 0) return frames
        work.withhold(to, [...lost])
        lots.endIfSpent()
        return frames.flatMap(frame =>
          changed(
            frame,
            frame.rows.filter(row => !lost.has(row)),
          ),
        )
      },
    },
  }
}

export const duplicate: FaultMaker<'duplicate'> = (fault, work) => {
  const lots = drawLots(fault, work)

  function double(to: Recipient, frame: DataFrame): DataFrame[] {
    const inside: Row[] = []
    const again: Row[] = []
    for (const row of frame.rows) {
      inside.push(row)
      if (!lots.hit(to)) continue
      work.tally('sent twice', nameOf(to.registration))
      // A separate copy, which another fault may lose without the first.
      const copy = { ...row }
      if (lots.isInside(to)) inside.push(copy)
      else again.push(copy)
    }
    return [...changed(frame, inside), ...again.flatMap(row => frameWith(frame, [row]))]
  }

  return {
    frames: {
      concern: lots.concern,
      change(to, frames) {
        const doubled = frames.flatMap(frame => double(to, frame))
        lots.endIfSpent()
        return doubled
      },
    },
  }
}

export const reorder: FaultMaker<'reorder'> = (fault, work) => {
  const lots = drawLots(fault, work)
  /** Sent after the next frame: one record a registration at a time. */
  const held = new Map<Registration, { readonly to: Recipient; readonly frames: readonly DataFrame[] }>()

  /** Swaps records with their successors, and holds back at most one. */
  function shuffle(to: Recipient, frame: DataFrame): readonly DataFrame[] {
    const rows = [...frame.rows]
    for (let i = 0; i < rows.length; i++) {
      const [row, next] = [rows[i], rows[i + 1]]
      if (row === undefined || (next === undefined && fault.where === 'inside') || !lots.hit(to)) continue
      work.tally('moved', nameOf(to.registration))
      if (next !== undefined && lots.isInside(to)) {
        rows.splice(i, 2, next, row)
        i++
      } else {
        rows.splice(i, 1)
        held.set(to.registration, { to, frames: frameWith(frame, [row]) })
        break
      }
    }
    return changed(frame, rows)
  }

  function endIfDone(): void {
    if (held.size === 0) lots.endIfSpent()
  }

  return {
    frames: {
      concern: lots.concern,
      change(to, frames) {
        const shuffled = frames.flatMap(frame => {
          const waiting = held.get(to.registration)
          if (waiting === undefined) return shuffle(to, frame)
          held.delete(to.registration)
          return [frame, ...waiting.frames]
        })
        endIfDone()
        return shuffled
      },
    },
    released(_session, registration) {
      const waiting = held.get(registration)
      if (waiting === undefined) return
      held.delete(registration)
      for (const { rows } of waiting.frames) work.withhold(waiting.to, rows)
      endIfDone()
    },
    end() {
      for (const { to, frames } of held.values()) work.release(to, frames)
      held.clear()
    },
  }
}

export const newColumn: FaultMaker<'new-column'> = (fault, work) => {
  const extra = Array.from({ length: fault.extra ?? 1 }, (_, i) => `^new${i + 1}`).join('')

  function widen(to: Recipient, frame: DataFrame): readonly DataFrame[] {
    // An encrypted payload has no columns, and a damaged frame no end of a record.
    if (frame.head.startsWith('1') || frame.rows.some(({ count }) => count > 1)) return [frame]
    for (const _ of frame.rows) work.tally('widened', nameOf(to.registration))
    return changed(
      frame,
      frame.rows.map(row => ({ ...row, text: row.text + extra })),
    )
  }

  return {
    frames: {
      concern: ({ registration: { tr } }) => (fault.tr === undefined ? isTradeOrBook(tr) : fault.tr === tr),
      change: (to, frames) => frames.flatMap(frame => widen(to, frame)),
    },
  }
}

/** The frame with these rows: the same frame if it has exactly them, none if there are none. */
function changed(frame: DataFrame, rows: readonly Row[]): readonly DataFrame[] {
  const isSame = rows.length === frame.rows.length && rows.every((row, i) => row === frame.rows[i])
  return isSame ? [frame] : frameWith(frame, rows)
}

/**
 * Which records are hit. Each registration has its own random numbers, so that instruments do not affect each
 * other.
 */
function drawLots(fault: FaultOf<'lose' | 'duplicate' | 'reorder'>, work: Work) {
  const { probability = 1, records = Number.POSITIVE_INFINITY } = fault
  const where = fault.kind === 'lose' ? undefined : fault.where
  let left = records
  const roll = ({ registration: { tr, key } }: Recipient) => work.dice(`${tr} ${key}`).next()
  return {
    concern: ({ registration }: Recipient) =>
      isChosen(fault, registration) && (fault.tr !== undefined || isTrade(registration.tr)),
    hit(to: Recipient): boolean {
      if (left === 0 || (probability < 1 && roll(to) >= probability)) return false
      left--
      return true
    },
    isInside: (to: Recipient) => (where === undefined ? roll(to) < 0.5 : where === 'inside'),
    endIfSpent(): void {
      if (left === 0) work.over()
    },
  }
}
