// A statechart of a machine, drawn as SVG from its layout, with the current states lit. The transitions out
// of them are beneath, in words: thirty labels in a drawing cannot be read.
import { keepChildren, make } from '../dom.js'
import { say } from '../words.js'
import { layouts } from './statechart-layouts.js'

/** @typedef {import('./statechart-layouts.js').Box} Box */
/** @typedef {import('./statechart-layouts.js').Arrow} Arrow */
/** @typedef {{ x: number, y: number }} Point */

const svgNamespace = 'http://www.w3.org/2000/svg'

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
 * @param {'feed' | 'line' | 'socket'} machine
 * @param {string} title
 */
export function drawStatechart(place, machine, title) {
  const direction = directionIn(place)
  const layout = layouts[machine][direction]
  const drawing = svg('svg', { viewBox: `0 0 ${layout.width} ${layout.height}`, role: 'img', 'aria-label': title })
  // Never larger than it was laid out: stretched words are too loud.
  drawing.style.maxWidth = `${Math.round(layout.width * 1.15)}px`
  const marker = `arrow-${Math.random().toString(36).slice(2)}`
  drawing.append(arrowHead(marker, 'arrow'), arrowHead(`${marker}-taken`, 'arrow taken'))
  const compound = new Set(layout.boxes.filter(({ isCompound }) => isCompound).map(({ id }) => id))
  /** @type {Map<string, Element>} */
  const boxes = new Map()
  /** @type {Map<string, Element>} */
  const arrows = new Map()

  /** @param {Box} box */
  function drawBox({ id, name, x, y, width, height, isCompound }) {
    if (id.endsWith('#initial')) {
      drawing.append(svg('circle', { class: 'initial', cx: x + width / 2, cy: y + height / 2, r: 4 }))
      return
    }
    const group = svg('g', { class: isCompound ? 'state compound' : 'state', 'data-state': id })
    group.append(svg('rect', { x, y, width, height, rx: isCompound ? 12 : 9 }))
    const text = isCompound
      ? svg('text', { x: x + 14, y: y + 21 })
      : svg('text', { x: x + width / 2, y: y + height / 2 + 4, 'text-anchor': 'middle' })
    text.textContent = name
    group.append(text)
    drawing.append(group)
    boxes.set(id, group)
  }

  /** @param {Arrow} arrow */
  function drawArrow({ id, lines, paths }) {
    if (paths.length === 0) return
    const group = svg('g', { class: 'edge', 'data-edge': id })
    for (const path of paths) {
      const points = path.map(([x = 0, y = 0]) => ({ x, y }))
      group.append(svg('path', { d: rounded(points), 'marker-end': `url(#${marker})` }))
    }
    const title = svg('title', {})
    title.textContent = `${id.endsWith('#initial') ? '' : `${id}: `}${lines.join(', ')}`
    group.append(title)
    drawing.append(group)
    arrows.set(id, group)
  }

  layout.boxes.forEach(drawBox)
  layout.arrows.forEach(drawArrow)
  const exits = make('ul.exits', { 'aria-label': say('exits') })
  place.replaceChildren(drawing, exits)

  /** What may happen next. @param {readonly string[]} active */
  function showExits(active) {
    const ways = layout.arrows.filter(({ from, lines }) => lines.length > 0 && isWithin(active, from))
    keepChildren(
      exits,
      ways,
      ({ id }) => id,
      ({ lines, to }) =>
        make('li', {}, make('span', {}, lines.join(', ')), ' → ', make('strong', {}, to.split('.').at(-1) ?? '')),
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
          `state${compound.has(id) ? ' compound' : ''}${isActive ? ' active' : ''}${isAround ? ' within' : ''}`,
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
