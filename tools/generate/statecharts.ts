// Writes dashboard/page/panels/statechart-layouts.js: where each state and arrow of the machines stands in
// the page's drawings, wide and narrow. Laid out here by ELK, so that the page needs no layout engine. Run
// `npm run generate` after changing a machine; a test fails while the two disagree.
import { writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import elk, { type ElkExtendedEdge, type ElkNode } from 'elkjs/lib/elk.bundled.js'
import { type MachineName, machineNames, machines } from '../../app/machine-docs/machines.ts'
import { outlineOf, type StateOutline } from '../../app/machine-docs/outline.ts'

type Direction = 'RIGHT' | 'DOWN'
/** Several ways from one state to another are one arrow. */
type Arrow = { readonly id: string; readonly from: string; readonly to: string; readonly lines: string[] }

const charWidth = 7

function nodeOf(state: StateOutline): ElkNode {
  const id = idOf(state.path)
  if (state.children.length === 0) return { id, width: Math.max(76, state.name.length * charWidth + 26), height: 38 }
  const dot = state.initial === undefined ? [] : [{ id: `${id}#initial`, width: 9, height: 9 }]
  return {
    id,
    children: [...dot, ...state.children.map(nodeOf)],
    layoutOptions: { 'elk.padding': '[top=34,left=16,bottom=16,right=16]' },
  }
}

const idOf = (path: string) => (path === '' ? 'root' : path)

const withDescendants = (state: StateOutline): StateOutline[] => [state, ...state.children.flatMap(withDescendants)]

function arrowsOf(outline: StateOutline): Arrow[] {
  const ways = new Map<string, Arrow>()
  for (const { path, transitions, initial } of withDescendants(outline)) {
    if (initial !== undefined) {
      const id = `${path}#initial`
      ways.set(id, { id, from: `${idOf(path)}#initial`, to: initial, lines: [] })
    }
    for (const { when, target } of transitions) {
      if (target === undefined || target === path) continue
      const id = `${path}→${target}`
      const way = ways.get(id) ?? { id, from: idOf(path), to: idOf(target), lines: [] }
      if (!way.lines.includes(when)) way.lines.push(when)
      ways.set(id, way)
    }
  }
  return [...ways.values()]
}

function graphOf(outline: StateOutline, arrows: readonly Arrow[], direction: Direction): ElkNode {
  return {
    id: 'root',
    children: nodeOf(outline).children ?? [],
    // A transition of the machine as a whole leads out of every state: arrows from everywhere say nothing.
    edges: arrows
      .filter(({ from }) => from !== 'root')
      .map(({ id, from, to }) => ({ id, sources: [from], targets: [to] })),
    layoutOptions: {
      'elk.algorithm': 'layered',
      'elk.direction': direction,
      'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
      'elk.edgeRouting': 'ORTHOGONAL',
      'elk.json.edgeCoords': 'ROOT',
      'elk.json.shapeCoords': 'ROOT',
      'elk.layered.cycleBreaking.strategy': 'DEPTH_FIRST',
      'elk.layered.spacing.nodeNodeBetweenLayers': '20',
      'elk.layered.spacing.edgeNodeBetweenLayers': '9',
      'elk.layered.spacing.edgeEdgeBetweenLayers': '8',
      'elk.spacing.nodeNode': '26',
      'elk.spacing.edgeNode': '14',
      'elk.spacing.edgeEdge': '10',
      'elk.padding': '[top=6,left=6,bottom=6,right=6]',
    },
  }
}

/** A hundredth of a pixel is enough, and prints the same on every machine. */
const rounded = (value = 0) => Math.round(value * 100) / 100

/** In the order of drawing: what is around others comes before them. */
function boxesOf(node: ElkNode, names: ReadonlyMap<string, string>): object[] {
  const { id, x, y, width, height, children = [] } = node
  const place = { x: rounded(x), y: rounded(y), width: rounded(width), height: rounded(height) }
  const box = { id, name: names.get(id) ?? '', ...place, isCompound: children.length > 0 }
  return [box, ...children.flatMap(child => boxesOf(child, names))]
}

function linesOf({ sections = [] }: ElkExtendedEdge): number[][][] {
  return sections.map(({ startPoint, bendPoints = [], endPoint }) =>
    [startPoint, ...bendPoints, endPoint].map(({ x, y }) => [rounded(x), rounded(y)]),
  )
}

async function layoutOf(machine: MachineName, direction: Direction): Promise<object> {
  const outline = outlineOf(machines[machine])
  const arrows = arrowsOf(outline)
  const names = new Map(withDescendants(outline).map(({ path, name }) => [idOf(path), name]))
  const {
    width,
    height,
    children = [],
    edges = [],
  } = await new elk.default().layout(graphOf(outline, arrows, direction))
  const lines = new Map(edges.map(edge => [edge.id, linesOf(edge)]))
  return {
    width: rounded(width),
    height: rounded(height),
    boxes: children.flatMap(child => boxesOf(child, names)),
    arrows: arrows.map(arrow => ({ ...arrow, paths: lines.get(arrow.id) ?? [] })),
  }
}

/** One box or arrow a line, so that a change can be read. */
function printed(layout: object): string {
  const rows = Object.entries(layout).map(([name, value]) =>
    Array.isArray(value)
      ? `${JSON.stringify(name)}: [\n${value.map(row => JSON.stringify(row)).join(',\n')}]`
      : `${JSON.stringify(name)}: ${JSON.stringify(value)}`,
  )
  return `{${rows.join(',\n')}}`
}

export async function statechartLayouts(): Promise<string> {
  const parts: string[] = []
  for (const machine of machineNames) {
    const wide = printed(await layoutOf(machine, 'RIGHT'))
    const narrow = printed(await layoutOf(machine, 'DOWN'))
    parts.push(`${machine}: {\nRIGHT: ${wide},\nDOWN: ${narrow}}`)
  }
  return `// The positions of each machine's states and arrows in a drawing. Made by \`npm run generate\`.

/**
 * @typedef {{ id: string, name: string, x: number, y: number, width: number, height: number, isCompound:
 *   boolean }} Box
 */
/** @typedef {{ id: string, from: string, to: string, lines: string[], paths: number[][][] }} Arrow */
/** @typedef {{ width: number, height: number, boxes: Box[], arrows: Arrow[] }} Layout */

/** @type {Readonly<Record<'feed' | 'line' | 'socket', Readonly<Record<'RIGHT' | 'DOWN', Layout>>>>} */
export const layouts = {${parts.join(',\n')}}
`
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const file = new URL('../../dashboard/page/panels/statechart-layouts.js', import.meta.url)
  writeFileSync(file, await statechartLayouts())
}
