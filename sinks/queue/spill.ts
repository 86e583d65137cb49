// A queue that goes on on disk when too much waits for memory: nothing is lost until a bound on disk is
// reached, and everything comes back in order. It is not durable: what waits is gone with the process.
//
// Events are written into rings, as for a thread, because that is cheap. A full ring is a piece that goes to
// disk.
import type { Dropped, MarketEvent } from '../../market/events.ts'
import { type RingWriter, ringWriter } from '../ring/event-ring.ts'
import { createRing } from '../../system/ring.ts'
import { type RingReader, ringReader } from '../ring/reader.ts'
import { openSpillFile } from './spill-file.ts'
import { adding, type EventQueue } from './drop-oldest.ts'

export type SpillOptions = {
  /** Events that may wait in memory. */
  readonly limit: number
  /** Bytes that may wait on disk. What comes when they are used up is dropped, until there is room again. */
  readonly mostBytes: number
  /** Where the file is made. By default the folder for temporary files. */
  readonly folder?: string | undefined
  /** Bytes put aside at once. */
  readonly pieceBytes?: number
  /**
   * Pieces on their way to disk at a time, which are in memory as well. Beyond this the disk is too slow, and
   * events are dropped.
   */
  readonly mostOnTheirWay?: number
  readonly openFile?: typeof openSpillFile
}

/** There is something to take again, after there was nothing although the queue was not empty. */
export type OnReady = () => void

/** What a piece holds. */
type Facts = { readonly count: number; readonly from: number; readonly to: number }
type Piece = Facts & { readonly ring: SharedArrayBuffer }
type Filling = {
  readonly ring: SharedArrayBuffer
  readonly writer: RingWriter
  count: number
  from: number
  to: number
}
/** In the order in which the events came. `dropped`: the receipt for what is missing there. */
type Part =
  | { state: 'in-memory'; readonly reader: RingReader }
  | { state: 'on-its-way'; readonly piece: Piece; readonly place: number }
  | { state: 'on-disk'; readonly piece: Facts; readonly place: number }
  | { state: 'dropped'; dropped: Dropped }

const usualPieceBytes = 1024 * 1024

/** 8 MiB: more than a second of the busiest minute. */
const usuallyOnTheirWay = 8

export function spillingQueue(options: SpillOptions, onReady: OnReady, onError: (error: unknown) => void): EventQueue {
  const { pieceBytes = usualPieceBytes, mostOnTheirWay = usuallyOnTheirWay, openFile = openSpillFile } = options
  const ringBytes = createRing(pieceBytes).byteLength
  const file = openFile(ringBytes, Math.floor(options.mostBytes / ringBytes), options.folder)
  const front: MarketEvent[] = []
  let frontAt = 0
  const parts: Part[] = []
  let filling: Filling | undefined
  let dropped: Dropped | undefined // newer than everything that waits
  let unreported = 0 // dropped, and in no receipt that was taken
  let onTheirWay = 0
  let isFetching = false
  let isCleared = false

  function add(event: MarketEvent): void {
    const isInMemory = parts.length === 0 && filling === undefined && dropped === undefined
    if (isInMemory && front.length - frontAt < options.limit) front.push(event)
    else if (!write(event)) {
      dropped = adding(dropped, event.receivedTime)
      unreported++
    }
  }

  function write(event: MarketEvent): boolean {
    // The receipt comes before this event, so the event cannot go into the piece from before.
    const isWritten = dropped === undefined && filling?.writer.write(event) === true
    if (!isWritten) {
      if (filling !== undefined && !putAside(filling)) return false
      if (dropped !== undefined) parts.push({ state: 'dropped', dropped })
      dropped = undefined
      const ring = createRing(pieceBytes)
      const writer = ringWriter(ring)
      filling = { ring, writer, count: 0, from: event.receivedTime, to: event.receivedTime }
      if (!writer.write(event)) return false // larger than a whole piece
    }
    if (filling !== undefined) {
      filling.count++
      filling.to = event.receivedTime
    }
    return true
  }

  /** False when there is no room, or the disk is behind. */
  function putAside(piece: Piece): boolean {
    if (piece.count > 0) {
      const place = onTheirWay < mostOnTheirWay ? file.takePlace() : undefined
      if (place === undefined) return false
      send({ state: 'on-its-way', piece, place })
    }
    filling = undefined
    return true
  }

  function send(part: Extract<Part, { state: 'on-its-way' }>): void {
    const { place, piece } = part
    const { ring, ...facts } = piece
    parts.push(part)
    onTheirWay++
    file.write(place, new Uint8Array(ring)).then(
      () => {
        onTheirWay--
        if (!exchange(part, { state: 'on-disk', piece: facts, place })) file.giveBack(place)
      },
      error => {
        onTheirWay--
        file.giveBack(place)
        lose(part, facts)
        onError(error)
      },
    )
  }

  function lose(part: Part, facts: Facts): void {
    if (exchange(part, { state: 'dropped', dropped: receiptFor(facts) })) unreported += facts.count
  }

  /** False when it was taken from memory before it arrived. */
  function exchange(part: Part, by: Part): boolean {
    const at = parts.indexOf(part)
    if (at >= 0) parts[at] = by
    return at >= 0
  }

  function take(): MarketEvent | Dropped | undefined {
    if (frontAt < front.length) return takeFront()
    for (let part = partAt(0); part !== undefined; part = partAt(0)) {
      if (part.state === 'dropped') {
        if (!isFollowed(part)) return undefined
        parts.shift()
        unreported -= part.dropped.count
        return part.dropped
      }
      if (part.state === 'on-disk') {
        fetch(part)
        return undefined
      }
      if (part.state === 'on-its-way') {
        parts[0] = { state: 'in-memory', reader: ringReader(part.piece.ring) }
      } else {
        const event = part.reader.read()
        if (event !== undefined) return event
        parts.shift()
      }
    }
    return undefined
  }

  /**
   * False while the disk has not given back what comes behind a receipt. It may turn out to be lost: then it
   * belongs to the receipt, and a disk that fails is not one receipt after another.
   */
  function isFollowed(receipt: Extract<Part, { state: 'dropped' }>): boolean {
    for (let next = partAt(1); next !== undefined; next = partAt(1)) {
      if (next.state === 'on-disk') {
        fetch(next)
        return false
      }
      if (next.state === 'on-its-way') parts[1] = { state: 'in-memory', reader: ringReader(next.piece.ring) }
      if (next.state !== 'dropped') return true
      parts.splice(1, 1)
      receipt.dropped = { ...receipt.dropped, count: receipt.dropped.count + next.dropped.count, to: next.dropped.to }
    }
    return true
  }

  function takeFront(): MarketEvent {
    const event = front[frontAt++] as MarketEvent
    if (frontAt === front.length || frontAt === 1_024) {
      front.splice(0, frontAt)
      frontAt = 0
    }
    return event
  }

  /** When everything else is taken, what is being filled is next, straight from memory. */
  function partAt(place: number): Part | undefined {
    if (parts.length === place && filling !== undefined) {
      if (filling.count > 0) parts.push({ state: 'in-memory', reader: ringReader(filling.ring) })
      filling = undefined
    }
    if (parts.length === place && dropped !== undefined) {
      parts.push({ state: 'dropped', dropped })
      dropped = undefined
    }
    return parts[place]
  }

  function fetch(part: Extract<Part, { state: 'on-disk' }>): void {
    if (isFetching) return
    isFetching = true
    const ring = new SharedArrayBuffer(ringBytes)
    const finish = (settle: () => void) => {
      isFetching = false
      file.giveBack(part.place)
      settle()
      if (!isCleared) onReady()
    }
    file.read(part.place, new Uint8Array(ring)).then(
      () => {
        // The position is the former reader's; this one starts at the beginning.
        finish(() => exchange(part, { state: 'in-memory', reader: ringReader(ring) }))
      },
      error => {
        onError(error)
        finish(() => lose(part, part.piece))
      },
    )
  }

  return {
    add,
    take,
    get isEmpty() {
      return frontAt === front.length && parts.length === 0 && filling === undefined && dropped === undefined
    },
    get unreported() {
      return unreported
    },
    end() {}, // a receipt has its place
    clear() {
      const receipts = parts.flatMap(part => (part.state === 'dropped' ? [part.dropped] : []))
      if (dropped !== undefined) receipts.push(dropped)
      unreported = 0
      isCleared = true
      front.length = 0
      frontAt = 0
      parts.length = 0
      filling = undefined
      dropped = undefined
      file.close()
      return receipts
    },
  }
}

function receiptFor({ count, from, to }: Facts): Dropped {
  return { type: 'dropped', count, from, to }
}
