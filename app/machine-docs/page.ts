// The document about the machines, docs/machines.md: each as a picture, and as a table of its transitions.
import { mermaidOf } from './diagram.ts'
import { type MachineName, machines } from './machines.ts'
import { outlineOf, type StateOutline, type TransitionOutline } from './outline.ts'

const introductions: Readonly<Record<MachineName, string>> = {
  feed: 'The lines: [machines/feed.ts](../machines/feed.ts). One of it runs in each feed, and it has a line for each app key.',
  line: 'Which market uses an app key: [machines/line.ts](../machines/line.ts). It has two sockets, one for each market.',
  socket:
    'The life of one socket: [machines/socket.ts](../machines/socket.ts). One runs for the Korean market and one for all others.',
}

export function machineDiagram(name: MachineName): string {
  return mermaidOf(outlineOf(machines[name]))
}

/** `docs/machines.md`, or the part of it that is about the machines named. */
export function machinePage(names: readonly MachineName[]): string {
  return `# The machines

Made from the machines by \`npm run generate\` (or \`kis-stream machines --format markdown\`); a test fails when it is stale. The picture shows
what moves a machine from one state to another, \`any state\` standing for whatever is inside the same frame. The table shows everything,
also what is done without moving. Guards are in brackets; waits have their lengths in [machines/timing.ts](../machines/timing.ts).

${names.map(sectionOf).join('\n')}`
}

function sectionOf(name: MachineName): string {
  return `## ${name}

${introductions[name]}

\`\`\`mermaid
${machineDiagram(name)}\`\`\`

| in | when | goes to | does |
| --- | --- | --- | --- |
${rowsOf(outlineOf(machines[name])).join('\n')}
`
}

function rowsOf(state: StateOutline): string[] {
  const name = state.path === '' ? 'anywhere' : code(state.path)
  const entry =
    state.entry.length > 0 || state.actors.length > 0
      ? [row(name, 'on entry', '', [...state.entry.map(code), ...state.actors.map(actor => `starts ${code(actor)}`)])]
      : []
  const transitions = state.transitions.map(transition => transitionRow(name, transition))
  return [...entry, ...transitions, ...state.children.flatMap(rowsOf)]
}

function transitionRow(name: string, { when, guard, target, actions }: TransitionOutline): string {
  const condition = guard === undefined ? code(when) : `${code(when)} [${code(guard)}]`
  if (target === undefined && actions.length === 0) return row(name, condition, '', ['nothing: it is ignored here'])
  return row(name, condition, target === undefined ? '' : code(target), actions.map(code))
}

function row(...[name, when, target, does]: [string, string, string, readonly string[]]): string {
  return `| ${name} | ${when} | ${target} | ${does.join(', ')} |`
}

function code(word: string): string {
  return `\`${word}\``
}
