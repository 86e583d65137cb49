// A statechart from a machine's outline: laid out by ELK in a worker, drawn as SVG, with the current states
// lit. The transitions out of them are beneath, in words: thirty labels in a drawing cannot be read.
import { keepChildren, make } from '../dom.js'
import { say } from '../words.js'

/** @typedef {import('../../../app/machine-docs/outline.ts').StateOutline} StateOutline */
/**
 * @typedef {{ id: string, width?: number, height?: number, x?: number, y?: number, children?: Node[],
 *   labels?: { text: string }[], layoutOptions?: object }} Node
 */
/** @typedef {{ x: number, y: number }} Point */
/**
 * @typedef {{ id: string, sources: string[], targets: string[], sections?: { startPoint: Point, endPoint:
 *   Point, bendPoints?: Point[] }[] }} Edge
 */
/** @typedef {{ width: number, height: number, children: Node[], edges: Edge[] }} Layout */
/** @typedef {{ layout(graph: object): Promise<Layout> }} Elk */

const charWidth = 7
const svgNamespace = 'http://www.w3.org/2000/svg'

/** @type {Elk | undefined} */
let elk

function layoutEngine() {
  // The classic script of elkjs leaves its class on the window.
  const { ELK } = /** @type {{ ELK: new (options: object) => Elk }} */ (/** @type {unknown} */ (window))
  elk ??= new ELK({ workerUrl: 'library/elk-worker.min.js' })
  return elk
}

/** @param {StateOutline} state @returns {Node} */
function nodeOf(state) {
  const id = idOf(state.path)
  if (state.children.length === 0) return { id, width: Math.max(76, state.name.length * charWidth + 26), height: 38 }
  const dot = state.initial === undefined ? [] : [{ id: `${id}#initial`, width: 9, height: 9 }]
  return {
    id,
    children: [...dot, ...state.children.map(nodeOf)],
    layoutOptions: { 'elk.padding': '[top=34,left=16,bottom=16,right=16]' },
  }
}

/** @param {string} path */
const idOf = path => (path === '' ? 'root' : path)

/** @param {StateOutline} state @returns {StateOutline[]} */
const withDescendants = state => [state, ...state.children.flatMap(withDescendants)]

/**
 * Several ways from one state to another are one arrow.
 * @param {StateOutline} outline
 * @returns {(Edge & { lines: string[] })[]}
 */
function edgesOf(outline) {
  /** @type {Map<string, Edge & { lines: string[] }>} */
  const ways = new Map()
  for (const { path, transitions, initial } of withDescendants(outline)) {
    if (initial !== undefined) {
      const id = `${path}#initial`
      ways.set(id, { id, sources: [`${idOf(path)}#initial`], targets: [initial], lines: [] })
    }
    for (const { when, target } of transitions) {
      if (target === undefined || target === path) continue
      const id = `${path}→${target}`
      const way = ways.get(id) ?? { id, sources: [idOf(path)], targets: [idOf(target)], lines: [] }
      if (!way.lines.includes(when)) way.lines.push(when)
      ways.set(id, way)
    }
  }
  return [...ways.values()]
}

/** @param {StateOutline} outline @param {'RIGHT' | 'DOWN'} direction */
function graphOf(outline, direction) {
  const { children = [] } = nodeOf(outline)
  return {
    id: 'root',
    children,
    // A transition of the machine as a whole leads out of every state: arrows from everywhere say nothing.
    edges: edgesOf(outline)
      .filter(({ sources }) => !sources.includes('root'))
      .map(({ id, sources, targets }) => ({ id, sources, targets })),
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

/** @param {string} name @param {Readonly<Record<string, string | number>>} attributes */
function svg(name, attributes) {
  const element = document.createElementNS(svgNamespace, name)
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value))
  return element
}

/** @param {Element} place */
export const directionIn = place => (place.clientWidth < 640 ? 'DOWN' : 'RIGHT')

/**
 * @param {Element} place
 * @param {StateOutline} outline
 * @param {string} title
 */
export async function drawStatechart(place, outline, title) {
  const direction = directionIn(place)
  const layout = await layoutEngine().layout(graphOf(outline, direction))
  const drawing = svg('svg', { viewBox: `0 0 ${layout.width} ${layout.height}`, role: 'img', 'aria-label': title })
  // Never larger than it was laid out: stretched words are too loud.
  drawing.style.maxWidth = `${Math.round(layout.width * 1.15)}px`
  const marker = `arrow-${Math.random().toString(36).slice(2)}`
  drawing.append(arrowHead(marker, 'arrow'), arrowHead(`${marker}-taken`, 'arrow taken'))
  /** @type {Map<string, StateOutline>} */
  const states = new Map(withDescendants(outline).map(state => [idOf(state.path), state]))
  const edges = edgesOf(outline)
  /** @type {Map<string, Element>} */
  const boxes = new Map()
  /** @type {Map<string, Element>} */
  const arrows = new Map()

  /** @param {Node} node */
  function drawNode(node) {
    const { id, x = 0, y = 0, width = 0, height = 0, children = [] } = node
    if (id.endsWith('#initial')) {
      drawing.append(svg('circle', { class: 'initial', cx: x + width / 2, cy: y + height / 2, r: 4 }))
      return
    }
    const isCompound = children.length > 0
    const group = svg('g', { class: isCompound ? 'state compound' : 'state', 'data-state': id })
    group.append(svg('rect', { x, y, width, height, rx: isCompound ? 12 : 9 }))
    const text = isCompound
      ? svg('text', { x: x + 14, y: y + 21 })
      : svg('text', { x: x + width / 2, y: y + height / 2 + 4, 'text-anchor': 'middle' })
    text.textContent = states.get(id)?.name ?? id
    group.append(text)
    drawing.append(group)
    boxes.set(id, group)
    children.forEach(drawNode)
  }

  /** @param {Edge} edge */
  function drawEdge({ id, sections = [] }) {
    const group = svg('g', { class: 'edge', 'data-edge': id })
    for (const { startPoint, bendPoints = [], endPoint } of sections) {
      group.append(svg('path', { d: rounded([startPoint, ...bendPoints, endPoint]), 'marker-end': `url(#${marker})` }))
    }
    const title = svg('title', {})
    title.textContent = `${id.endsWith('#initial') ? '' : `${id}: `}${linesOf(id).join(', ')}`
    group.append(title)
    drawing.append(group)
    arrows.set(id, group)
  }

  layout.children.forEach(drawNode)
  layout.edges.forEach(drawEdge)
  const exits = make('ul.exits', { 'aria-label': say('exits') })
  place.replaceChildren(drawing, exits)

  /** @param {string} id */
  function linesOf(id) {
    return edges.find(edge => edge.id === id)?.lines ?? []
  }

  /** What may happen next. @param {readonly string[]} active */
  function showExits(active) {
    const ways = edges.filter(({ sources, lines }) => lines.length > 0 && isWithin(active, sources[0] ?? ''))
    keepChildren(
      exits,
      ways,
      ({ id }) => id,
      ({ lines, targets }) =>
        make(
          'li',
          {},
          make('span', {}, lines.join(', ')),
          ' → ',
          make('strong', {}, targets[0]?.split('.').at(-1) ?? ''),
        ),
      () => {},
    )
    for (const [id, arrow] of arrows)
      arrow.classList.toggle(
        'possible',
        ways.some(way => way.id === id),
      )
  }

  return {
    direction,
    /** @param {readonly string[]} active Paths of the innermost states. @param {string} [cameFrom] */
    light(active, cameFrom) {
      for (const [id, box] of boxes) {
        const isActive = active.includes(id)
        const isAround = !isActive && active.some(path => path.startsWith(`${id}.`))
        box.setAttribute(
          'class',
          `state${states.get(id)?.children.length ? ' compound' : ''}${isActive ? ' active' : ''}${isAround ? ' within' : ''}`,
        )
      }
      for (const [id, arrow] of arrows) {
        const [from = '', to = ''] = id.split('→')
        const isTaken =
          cameFrom !== undefined &&
          to !== '' &&
          (cameFrom === from || cameFrom.startsWith(`${from}.`)) &&
          active.some(path => path === to || path.startsWith(`${to}.`)) &&
          !cameFrom.startsWith(`${to}.`)
        arrow.setAttribute('class', isTaken ? 'edge taken' : 'edge')
        arrow.querySelector('path')?.setAttribute('marker-end', `url(#${marker}${isTaken ? '-taken' : ''})`)
      }
      showExits(active)
    },
  }
}

/** One of the states is this one, or inside of it. @param {readonly string[]} active @param {string} id */
function isWithin(active, id) {
  return id === 'root' || active.some(path => path === id || path.startsWith(`${id}.`))
}

/** @param {string} id @param {string} className */
function arrowHead(id, className) {
  const head = svg('marker', {
    id,
    viewBox: '0 0 8 8',
    refX: 7,
    refY: 4,
    markerWidth: 7,
    markerHeight: 7,
    orient: 'auto',
    markerUnits: 'userSpaceOnUse',
  })
  head.append(svg('path', { d: 'M0 0L8 4L0 8z', class: className }))
  return head
}

/** @param {readonly Point[]} points */
function rounded(points) {
  const radius = 6
  return points
    .map((point, index) => {
      const before = points[index - 1]
      const after = points[index + 1]
      if (before === undefined) return `M${point.x} ${point.y}`
      if (after === undefined) return `L${point.x} ${point.y}`
      const start = towards(point, before, radius)
      const end = towards(point, after, radius)
      return `L${start.x} ${start.y}Q${point.x} ${point.y} ${end.x} ${end.y}`
    })
    .join('')
}

/** @param {Point} from @param {Point} to @param {number} distance */
function towards(from, to, distance) {
  const length = Math.hypot(to.x - from.x, to.y - from.y)
  const part = length === 0 ? 0 : Math.min(distance, length / 2) / length
  return { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part }
}
