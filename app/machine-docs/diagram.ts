// A state machine as a Mermaid state diagram of its transitions between states. Transitions that stay in
// their state are not drawn, to keep the picture readable.
import type { StateOutline, TransitionOutline } from './outline.ts'

type Edge = { readonly from: string; readonly to: string; readonly label: string; readonly block: string }

export function mermaidOf(machine: StateOutline): string {
  const edges = joined(edgesOf(machine))
  const lines = ['stateDiagram-v2', ...blockOf(machine, edges, '  ')]
  return `${lines.join('\n')}\n`
}

/** What stands inside a state: its children, and the arrows between them. */
function blockOf(state: StateOutline, edges: readonly Edge[], indent: string): string[] {
  const own = edges.filter(({ block }) => block === state.path)
  return [
    ...(own.some(({ from }) => from === anyOf(state.path))
      ? [`${indent}state "any state" as ${anyOf(state.path)}`]
      : []),
    ...state.children.flatMap(child => declarationOf(child, edges, indent)),
    ...(state.initial === undefined ? [] : [`${indent}[*] --> ${idOf(state.initial)}`]),
    ...own.map(({ from, to, label }) => `${indent}${from} --> ${to} : ${label}`),
    ...state.children.filter(({ kind }) => kind === 'final').map(({ path }) => `${indent}${idOf(path)} --> [*]`),
  ]
}

function declarationOf(state: StateOutline, edges: readonly Edge[], indent: string): string[] {
  const declaration = `${indent}state "${state.name}" as ${idOf(state.path)}`
  if (state.children.length === 0) return [declaration]
  const inner = `${indent}  `
  const regions = state.children.flatMap((child, index) => [
    ...(index === 0 ? [] : [`${inner}--`]),
    ...declarationOf(child, edges, inner),
  ])
  const body = state.kind === 'parallel' ? regions : blockOf(state, edges, inner)
  return [`${declaration} {`, ...body, `${indent}}`]
}

function edgesOf(state: StateOutline): Edge[] {
  const moves = state.transitions.flatMap(transition => {
    const { target } = transition
    if (target === undefined || target === state.path) return []
    const isInward = isInside(target, state.path)
    // Mermaid cannot draw an arrow from a state into itself, so it starts at a stand-in for any state inside.
    return {
      from: isInward ? anyOf(state.path) : idOf(state.path),
      to: idOf(target),
      label: labelOf(transition),
      block: isInward ? blockFor(`${state.path}.any`, target) : blockFor(state.path, target),
    }
  })
  return [...moves, ...state.children.flatMap(edgesOf)]
}

/** One arrow between two states, whatever the number of reasons to take it. */
function joined(edges: readonly Edge[]): Edge[] {
  const byEnds = new Map<string, Edge>()
  for (const edge of edges) {
    const ends = `${edge.from} ${edge.to}`
    const known = byEnds.get(ends)
    byEnds.set(ends, known === undefined ? edge : { ...known, label: `${known.label}<br/>${edge.label}` })
  }
  return [...byEnds.values()]
}

export function labelOf({ when, guard }: TransitionOutline): string {
  return guard === undefined ? when : `${when} [${guard}]`
}

/**
 * Arrows between siblings belong to their parent's block. All others belong to the top: in another block
 * Mermaid would move their ends out of their states.
 */
function blockFor(source: string, target: string): string {
  return parentOf(source) === parentOf(target) ? parentOf(source) : ''
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('.')))
}

function isInside(path: string, outer: string): boolean {
  return outer === '' ? path !== '' : path.startsWith(`${outer}.`)
}

/** Names of states with dots and hyphens are none to Mermaid. */
function idOf(path: string): string {
  return path.replaceAll(/[.-]/g, '_')
}

function anyOf(path: string): string {
  return path === '' ? 'any' : `${idOf(path)}_any`
}
