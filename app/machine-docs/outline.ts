// A state machine as plain lists: its states, and the transitions of each. Made from the machine itself, for
// drawing; it holds names only, no context and no values.
import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate'

export type StateOutline = {
  /** `session.connecting.opening`; empty for the machine itself. */
  readonly path: string
  /** The last word of the path. */
  readonly name: string
  readonly kind: 'atomic' | 'compound' | 'parallel' | 'final' | 'history'
  readonly children: readonly StateOutline[]
  /** The child it begins in. */
  readonly initial: string | undefined
  readonly entry: readonly string[]
  /** Actors that live as long as the state. */
  readonly actors: readonly string[]
  readonly transitions: readonly TransitionOutline[]
}

export type TransitionOutline = {
  /** The event's type, or `after openTimeout`, `always`, `KR snapshot`, `done`. */
  readonly when: string
  readonly guard: string | undefined
  /** The path of the target; undefined when the machine stays where it is. */
  readonly target: string | undefined
  readonly actions: readonly string[]
}

export function outlineOf(machine: AnyStateMachine): StateOutline {
  return outlineOfNode(machine.root)
}

function outlineOfNode(node: AnyStateNode): StateOutline {
  return {
    path: pathOf(node),
    name: node.key,
    kind: node.type,
    children: Object.values(node.states).map(outlineOfNode),
    initial: node.type === 'compound' ? pathOf(node.initial.target[0] as AnyStateNode) : undefined,
    entry: node.entry.map(nameOf).filter(isOurs),
    actors: node.invoke.map(({ id }) => id),
    transitions: [...(node.always ?? []), ...[...node.transitions.values()].flat()].map(outlineOfTransition),
  }
}

function outlineOfTransition(transition: AnyTransitionDefinition): TransitionOutline {
  const { guard, target } = transition
  return {
    when: whenOf(transition),
    guard: guard === undefined ? undefined : nameOf(guard),
    target: target === undefined ? undefined : target.map(pathOf).join(', '),
    actions: transition.actions.map(nameOf).filter(isOurs),
  }
}

/** XState spells delays and the ends of actors as events of its own. */
function whenOf({ eventType, delay }: AnyTransitionDefinition & { readonly delay?: unknown }): string {
  if (eventType === '') return 'always'
  if (eventType.startsWith('xstate.after.')) return `after ${String(delay)}`
  if (eventType.startsWith('xstate.done.state.')) return 'done'
  const actor = /^xstate\.(snapshot|done|error)\.(?:actor\.)?(.+)$/.exec(eventType)
  return actor === null ? eventType : `${actor[2] === '*' ? 'any line' : actor[2]} ${actor[1]}`
}

/** Actions and guards are given by name, as a name with parameters, or as a function that has one. */
export function nameOf(named: unknown): string {
  if (typeof named === 'string') return named
  const { type, name, params, event } = named as {
    readonly type?: string
    readonly name?: string
    readonly params?: unknown
    readonly event?: { readonly type?: string; readonly market?: string }
  }
  if (type === 'xstate.raise')
    return `raise ${[event?.type, event?.market].filter(word => word !== undefined).join(' ')}`
  const values = params === undefined ? '' : `(${Object.values(params as object).join(', ')})`
  return `${type ?? name ?? 'unnamed'}${values}`
}

/** Every delay is a pair of hidden actions: one sets its timer and one clears it. */
function isOurs(action: string): boolean {
  return !action.startsWith('xstate.') && !action.startsWith('raise xstate.')
}

function pathOf(node: AnyStateNode): string {
  return node.path.join('.')
}
