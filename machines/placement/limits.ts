// The numbers of placement, each with its reason. What KIS allows a session is in the ledger.
import { minuteMs, secondMs } from '../../market/basics/durations.ts'

/**
 * Slots of each line that are filled last: what a lost line carried finds room at once. Never left empty
 * while something waits; one line alone keeps none, because nothing could be evacuated to it.
 */
export const slotsFilledLast = 3

/**
 * How long a slot is kept from the moment it was given, milliseconds: a page that is loaded again, or a
 * strategy that restarts, lets go and comes back within seconds, and then costs no request.
 */
export const keptMs = 60 * secondMs

/**
 * Requests of a line that moves may use in any window. KIS blocks loops of subscribe and unsubscribe; a line
 * allows itself 500 requests in ten minutes. 350 are left: four whole sessions of 41, subscribed and
 * released (328), always fit.
 */
export const mostMoveRequests = 150
export const moveWindowMs = 10 * minuteMs
