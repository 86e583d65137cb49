// How market events lie in a ring: the rows that the writer (event-ring.ts) and the reader (reader.ts) agree
// on.
import { codecWordsAt } from '../../system/ring.ts'

/** In the header: count, from and to of what was dropped and not reported before closing. */
export const lastDroppedAt = codecWordsAt

// The first word of a row is two codes. The low byte of the first says what kind of row it is.
export const tradeRow = 1 // + side << 8 + haltedBit, id of the instrument; then figures
export const bookRow = 2 // + bids << 8 + asks << 16, id of the instrument; then figures, bids, asks
export const nameRow = 3 // + id << 8, bytes; then the name of the instrument that has this id from now on
export const textRow = 4 // bytes; then an event as JSON
export const droppedRow = 5 // then count, from, to

/** Of the first code of a trade: the exchange has halted the name. */
export const haltedBit = 1 << 16

export const tradeWords = 16
export const bookWords = 5
export const levelWords = 2
export const droppedWords = 4

/** A byte counts the levels of a side. KIS has ten; a book with more than this travels as JSON. */
export const mostLevels = 255

/** Malformed input can name any number of instruments. Past this many, ids start again from 0. */
export const mostNames = 65_536

export const sides = [null, 'buy', 'sell'] as const
