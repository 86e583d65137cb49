// Limits, flow and jobs: figures that change slowly, and two small pictures.
import { byId, childrenOf, keepChildren, make, setAttribute, setText } from '../dom.js'
import { formatBytes, formatDuration, formatNumber, formatShort, koreanTime } from '../format.js'
import { showLimits } from './limits.js'
import { say } from '../words.js'

/** @typedef {import('../../view.ts').StatusView} StatusView */

const mostPoints = 120

export function createGauges() {
  /** @type {{ time: number, frames: number, records: number }[]} */
  let counted = []

  /** @param {StatusView} status */
  function showFlow({ counters, time, latency, process, lastTroubles }) {
    const frames = counters.frames ?? 0
    const records = (counters.trade ?? 0) + (counters['order-book'] ?? 0) + (counters.record ?? 0)
    // A server that was started anew counts from the beginning.
    if ((counted.at(-1)?.frames ?? 0) > frames) counted = []
    counted = [...counted, { time, frames, records }].slice(-mostPoints)
    const rates = counted.slice(1).map((point, index) => rate(counted[index], point))
    const recent = counted.slice(-5)
    const now = rate(recent[0], recent.at(-1))
    const tiles = /** @type {const} */ ([
      ['records', formatShort(Math.round(now.records))],
      ['frames', formatShort(Math.round(now.frames))],
      ['gaps', formatNumber(counters.gap ?? 0)],
      ['memory', formatBytes(process.memoryBytes)],
    ])
    keepChildren(
      byId('flow-tiles'),
      tiles,
      ([name]) => name,
      () => make('div', {}, make('strong'), make('span')),
      (element, [name, value]) => {
        setText(/** @type {Element} */ (element.firstElementChild), value)
        setText(/** @type {Element} */ (element.lastElementChild), say(name))
      },
    )
    setText(byId('uptime'), say('uptime', { time: formatDuration(process.uptimeSeconds * 1000) }))
    drawSpark(rates.map(({ records: value }) => value))
    showLatency(latency)
    const malformed = counters.malformed ?? 0
    const drift = counters['schema-drift'] ?? 0
    const list = byId('troubles')
    const summary = {
      key: 'summary',
      head: malformed + drift === 0 ? say('no-troubles') : say('trouble-counts', { malformed, drift }),
      why: '',
      at: '',
    }
    const rows = lastTroubles
      .slice(-4)
      .toReversed()
      .map(({ kind, at, what }, index) => ({ key: `${at} ${index}`, head: say(kind), why: what, at: koreanTime(at) }))
    keepChildren(
      list,
      [summary, ...rows],
      ({ key }) => key,
      () => make('li', {}, make('div.head', {}, make('span'), make('time')), make('div.why')),
      (element, { head, why, at }) => {
        const [first, second] = childrenOf(element)
        setText(/** @type {Element} */ (first?.firstElementChild), head)
        setText(/** @type {Element} */ (first?.lastElementChild), at)
        setText(/** @type {Element} */ (second), why)
      },
    )
  }

  return {
    /** @param {StatusView} status */
    show(status) {
      showLimits(status)
      showFlow(status)
      showJobs(status)
    },
  }
}

/**
 * @param {{ time: number, frames: number, records: number } | undefined} from
 * @param {{ time: number, frames: number, records: number } | undefined} to
 */
function rate(from, to) {
  if (from === undefined || to === undefined || to.time <= from.time) return { frames: 0, records: 0 }
  const seconds = (to.time - from.time) / 1000
  return { frames: (to.frames - from.frames) / seconds, records: (to.records - from.records) / seconds }
}

/** @param {readonly number[]} values */
function drawSpark(values) {
  const place = byId('throughput')
  if (place.children.length === 0) {
    place.innerHTML = '<svg viewBox="0 0 120 40" preserveAspectRatio="none"><path class="under"/><path/></svg>'
  }
  setAttribute(place, 'aria-label', `${say('records')}: ${Math.round(values.at(-1) ?? 0)}`)
  const most = Math.max(1, ...values) * 1.1
  const points = values.map(
    (value, index) => `${(120 - values.length + index + 1).toFixed(1)} ${(39 - (value / most) * 37).toFixed(1)}`,
  )
  const [under, over] = place.querySelectorAll('path')
  const path = points.length < 2 ? '' : `M${points.join('L')}`
  setAttribute(/** @type {Element} */ (over), 'd', path)
  setAttribute(/** @type {Element} */ (under), 'd', path === '' ? '' : `${path}L120 40L${120 - values.length + 1} 40Z`)
}

/** @param {StatusView['latency']} latency */
function showLatency({ boundsMicros, counts, timed }) {
  const place = byId('latency')
  const text = timed === 0 ? say('latency-none') : `p50 < ${micros(quantile(0.5))} · p99 < ${micros(quantile(0.99))}`
  setText(byId('latency-figures'), text)
  setAttribute(place, 'aria-label', text)
  // A frame takes more than a microsecond and less than 65 ms.
  const shown = counts.slice(0, 15)
  while (place.children.length < shown.length) place.append(document.createElement('i'))
  const most = Math.max(1, ...shown)
  childrenOf(place).forEach((bar, index) => {
    bar.style.height = `${((shown[index] ?? 0) / most) * 100}%`
    setAttribute(bar, 'title', `< ${micros(boundsMicros[index] ?? Infinity)}: ${formatNumber(shown[index])}`)
  })
  if (place.nextElementSibling?.className !== 'scale') {
    place.after(
      make(
        'p.scale',
        { 'aria-hidden': 'true' },
        make('span', {}, '1 µs'),
        make('span', {}, '128 µs'),
        make('span', {}, '16 ms'),
      ),
    )
  }

  /** @param {number} part */
  function quantile(part) {
    let sum = 0
    const at = counts.findIndex(count => (sum += count) >= timed * part)
    return boundsMicros[at] ?? Infinity
  }
}

/** @param {number} value */
function micros(value) {
  if (!Number.isFinite(value)) return '∞'
  return value < 1_000 ? `${value} µs` : `${(value / 1000).toFixed(0)} ms`
}

/** @param {StatusView} status */
function showJobs({ queues }) {
  byId('jobs').hidden = queues === null
  if (queues === null) return
  const states = ['waiting', 'active', 'delayed', 'completed', 'failed']
  const titles = [say('queue'), ...states.map(state => say(`job-${state}`))]
  const head = /** @type {Element} */ (byId('queues').querySelector('thead'))
  const body = /** @type {Element} */ (byId('queues').querySelector('tbody'))
  keepChildren(
    head,
    ['row'],
    key => key,
    () => make('tr', {}, ...titles.map(() => make('th', { scope: 'col' }))),
    row => childrenOf(row).forEach((cell, index) => setText(cell, titles[index] ?? '')),
  )
  keepChildren(
    body,
    queues,
    ({ name }) => name,
    ({ name }) => make('tr', {}, make('td', {}, name), ...states.map(() => make('td'))),
    (row, { counts }) =>
      childrenOf(row)
        .slice(1)
        .forEach((cell, index) => setText(cell, formatNumber(counts[states[index] ?? ''] ?? 0))),
  )
}
