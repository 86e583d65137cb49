// Every machine of a feed, by its name: those inside come later.
import { feedMachine } from '../../machines/feed.ts'
import { lineMachine } from '../../machines/line.ts'
import { socketMachine } from '../../machines/socket.ts'
import { outlineOf, type StateOutline } from './outline.ts'

export const machines = { feed: feedMachine, line: lineMachine, socket: socketMachine } as const

export type MachineName = keyof typeof machines

export const machineNames = ['feed', 'line', 'socket'] as const satisfies readonly MachineName[]

export type MachineOutlines = Readonly<Record<MachineName, StateOutline>>

export function machineOutlines(): MachineOutlines {
  return { feed: outlineOf(feedMachine), line: outlineOf(lineMachine), socket: outlineOf(socketMachine) }
}
