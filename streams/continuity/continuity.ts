// Follows each instrument's cumulative volume, the sequence number that KIS does not send: drops what was delivered before, and
// says of everything else that did not come how much it was, before the trade that revealed it. Never errors.
import { Observable, type OperatorFunction, type Subscriber } from 'rxjs'
import type { MarketEvent, ResyncReason, Trade } from '../../market/events.ts'
import {
  type ContinuityMemory,
  createContinuityMemory,
  currentAt,
  freePlace,
  interrupt,
  type Line,
  lineOf,
  makeCurrent,
  mostLines,
  unsettle,
} from './memory.ts'
import {
  beginsAnew,
  type CountedTrade,
  isCounted,
  isLater,
  isRestated,
  isSameDate,
  joinedLate,
  movesNothing,
  volumeBefore,
} from './rules.ts'
import { takeFromHole } from './missing-ranges.ts'
import { Step } from '../step.ts'
import {
  advance,
  beginCount,
  type Count,
  followAt,
  forgetUpTo,
  leaveHole,
  mustHaveBeenDelivered,
  noteDelivered,
  setSteady,
  usedAt,
  valueBefore,
  wasDelivered,
} from './volume-count.ts'

export type ContinuityOptions = {
  /** What was seen before, kept up to date. By default nothing, and a memory for each subscription. */
  readonly memory?: ContinuityMemory
  /** Told every record that was dropped because it had been delivered before. */
  readonly onDuplicate?: (trade: Trade) => void
  /** Called once, when the first instrument is forgotten because there are too many. */
  readonly onForgotten?: (most: number) => void
  /** Told the first trade of a date when volume traded before it. */
  readonly onJoinedLate?: (trade: Trade, volumeBefore: number) => void
}

/** Passes on everything but repeats, in the order it came; adds `gap`, `gap-filled` and `resync` before the trades they speak of. */
export function checkContinuity(options: ContinuityOptions = {}): OperatorFunction<MarketEvent, MarketEvent> {
  const { onDuplicate, onForgotten, onJoinedLate } = options

  return events =>
    new Observable(subscriber => {
      const memory = options.memory ?? createContinuityMemory()

      return events.subscribe(
        new Follower(subscriber, event => {
          const number = memory.numbering.take()
          if (event.type === 'trade') return receive(event, number)
          if (event.type === 'disconnect') noteDisconnect(memory, event.market)
          else if (event.type === 'subscription') noteStatus(memory, event)
          subscriber.next(event)
        }),
      )

      /** Nearly every trade follows the last one of its instrument; that is settled here, at once. */
      function receive(trade: Trade, number: number): void {
        const at = currentAt(memory, trade.instrument, number)
        if (at < 0 || !followAt(memory.figures, at, trade)) return consider(trade)
        memory.figures.all[at + usedAt] = ++memory.changes
        subscriber.next(trade)
      }

      function consider(trade: Trade): void {
        const { forgotten } = memory
        const line = lineOf(memory, trade.instrument)
        line.used = ++memory.changes
        if (forgotten === 0 && memory.forgotten > 0) onForgotten?.(mostLines)
        const { count } = line
        if (!isCounted(trade)) {
          line.unplaced += trade.volume ?? Number.NaN
          unsettle(line)
          subscriber.next(trade)
        } else if (count === undefined || !isSameDate(trade, count)) {
          placeByDate(line, trade)
        } else if (volumeBefore(trade) === count.volume && trade.volume > 0) {
          goOn(line, count, trade)
        } else {
          place(line, count, trade)
        }
      }

      /** A straggler of the date before this one, or the first trade of a date. */
      function placeByDate(line: Line, trade: CountedTrade): void {
        const { other } = line
        if (other !== undefined && isSameDate(trade, other)) return place(line, other, trade)
        const before = volumeBefore(trade)
        startCount(line, beginCount(freePlace(memory, line), trade))
        if (joinedLate(trade)) onJoinedLate?.(trade, before)
        subscriber.next(trade)
      }

      /** A trade that does not simply follow. In the order of what can be proven. */
      function place(line: Line, count: Count, trade: CountedTrade): void {
        if (movesNothing(trade, count)) return passStill(line, count, trade)
        const before = volumeBefore(trade)
        if (before === count.volume) return goOn(line, count, trade)
        if (before === count.volume + line.unplaced) {
          forgetUpTo(count, before) // they were delivered, without being known by their totals
          return goOn(line, count, trade)
        }
        if (wasDelivered(count, trade)) return drop(trade)
        const other = alternativeTo(count, line)
        if (other !== undefined && before === other.volume) {
          makeCurrent(memory, line, other)
          return goOn(line, other, trade)
        }
        if (other !== undefined && wasDelivered(other, trade)) return drop(trade)
        if (before > count.volume) return jump(line, count, trade)
        if (isPast(count, trade) || (other !== undefined && isPast(other, trade))) return
        const reason = line.unplaced !== 0 ? 'unreadable' : beginsAnew(trade) ? 'count-restarted' : 'total-lowered'
        startAgain(line, count, trade, reason)
      }

      function goOn(line: Line, count: Count, trade: CountedTrade): void {
        settle(line, count)
        advance(count, trade)
        subscriber.next(trade)
      }

      /** The total grew by more than this trade. */
      function jump(line: Line, count: Count, trade: CountedTrade): void {
        if (isRestated(trade, count, line.interruption !== undefined))
          return startAgain(line, count, trade, 'total-restated')
        if (line.unplaced !== 0) {
          const from = count.eventTime
          leaveHole(count, trade, false)
          settle(line, count)
          advance(count, trade)
          tellResync(trade, 'unreadable', from)
          return subscriber.next(trade)
        }
        const missingValue = differenceOf(valueBefore(trade), count.value)
        const { fromVolume, toVolume, from, to } = leaveHole(count, trade, true)
        const { instrument, businessDate, receivedTime } = trade
        const cause = line.interruption ?? 'lost'
        settle(line, count)
        advance(count, trade)
        subscriber.next({
          type: 'gap',
          instrument,
          cause,
          businessDate,
          missingVolume: toVolume - fromVolume,
          missingValue,
          fromVolume,
          toVolume,
          from,
          to,
          receivedTime,
        })
        subscriber.next(trade)
      }

      /** Late, and missing until now; or one that must have been delivered before. True when it was one of them. */
      function isPast(count: Count, trade: CountedTrade): boolean {
        const { instrument, businessDate, cumulativeVolume, volume, eventTime, receivedTime } = trade
        const fromVolume = volumeBefore(trade)
        const hole = takeFromHole(count.holes, fromVolume, cumulativeVolume, eventTime)
        if (hole !== undefined) {
          noteDelivered(count, trade)
          memory.changes++
          if (hole.isGap) {
            const filled = { filledVolume: volume, fromVolume, toVolume: cumulativeVolume }
            subscriber.next({ type: 'gap-filled', instrument, businessDate, ...filled, receivedTime })
          }
          subscriber.next(trade)
          return true
        }
        if (!mustHaveBeenDelivered(count, trade)) return false
        drop(trade)
        return true
      }

      /** Another total begins with this trade; the one before it is kept, should it come back. */
      function startAgain(line: Line, count: Count, trade: CountedTrade, reason: ResyncReason): void {
        const from = count.eventTime // before the place it may have is taken
        startCount(line, beginCount(freePlace(memory, line), trade, from))
        tellResync(trade, reason, from)
        subscriber.next(trade)
      }

      function tellResync(trade: CountedTrade, reason: ResyncReason, from: number | null): void {
        const { instrument, businessDate, eventTime: to, receivedTime } = trade
        subscriber.next({ type: 'resync', instrument, reason, businessDate, from, to, receivedTime })
      }

      function passStill(line: Line, count: Count, trade: CountedTrade): void {
        const { cumulativeVolume, price, eventTime } = trade
        const name = `${cumulativeVolume} ${price} ${eventTime}`
        if ((cumulativeVolume < count.volume && !isLater(trade, count)) || line.still?.has(name)) return drop(trade)
        if (line.still === undefined || line.still.size >= mostStill) line.still = new Set()
        line.still.add(name)
        subscriber.next(trade)
      }

      function drop(trade: Trade): void {
        onDuplicate?.(trade)
      }

      function startCount(line: Line, count: Count): void {
        makeCurrent(memory, line, count)
        settle(line, count)
      }

      /** What was interrupted or could not be placed is accounted for; a straggler of another date accounts for nothing. */
      function settle(line: Line, count: Count): void {
        memory.changes++
        if (count !== line.count) return
        line.unplaced = 0
        if (!line.isOff) line.interruption = undefined
        setSteady(count, line.interruption === undefined)
      }
    })
}

class Follower extends Step<MarketEvent> {
  readonly #take: (event: MarketEvent) => void

  constructor(destination: Subscriber<MarketEvent>, receive: (event: MarketEvent) => void) {
    super(destination)
    this.#take = receive
  }

  protected receive(event: MarketEvent): void {
    this.#take(event)
  }
}

const mostStill = 64

/** The other count of the same date, if there is one. */
function alternativeTo(count: Count, { count: current, other }: Line): Count | undefined {
  return count === current && other?.businessDate === count.businessDate ? other : undefined
}

/** A line that was let go of before it went down was interrupted by both; going down is what could not be helped. */
function noteDisconnect(memory: ContinuityMemory, market: Line['market']): void {
  for (const line of memory.lines.values())
    if (line.market === market && line.interruption !== 'restart') interrupt(line, 'outage')
}

function noteStatus(memory: ContinuityMemory, event: Extract<MarketEvent, { type: 'subscription' }>): void {
  const { instrument, channel, status } = event
  const line = channel === 'trade' && instrument !== null ? memory.lines.get(instrument) : undefined
  if (line === undefined) return
  if (status === 'releasing' || status === 'released' || status === 'wanted') {
    line.isOff = true
    interrupt(line, line.interruption ?? 'unsubscribed')
  } else {
    line.isOff = false
  }
}

/** KIS rounds totals of money abroad; what is less than nothing was not measured. */
function differenceOf(later: number | null, earlier: number | null): number | null {
  if (later === null || earlier === null || later < earlier) return null
  const difference = later - earlier
  return Number.isInteger(difference) ? difference : Math.round(difference * 100) / 100
}
