// Every actor, its state and its events, live, and their recording, which can be stepped through, saved and
// loaded.
import { byId, keepChildren, make, setAttribute, setText } from '../dom.js'
import { koreanTime } from '../format.js'
import { drawStatechart } from './statechart.js'
import { say } from '../words.js'

/** @typedef {import('../../../app/machine-docs/inspector.ts').InspectionRecord} InspectionRecord */
/** @typedef {import('../../../app/machine-docs/inspector.ts').StateValue} StateValue */
/** @typedef {import('../../messages.ts').Hello['outlines']} Outlines */
/**
 * @typedef {{ id: string, name: string, parent: string | undefined, machine: string | undefined, states:
 *   string[], before: string | undefined, ended: boolean }} Actor
 */

const format = 'kis-stream-inspection'
const mostEvents = 200
const mostRecords = 5_000

/** @param {StateValue | undefined} value @param {string} [above] @returns {string[]} */
function pathsOf(value, above = '') {
  if (value === undefined) return []
  if (typeof value === 'string') return [above + value]
  return Object.entries(value).flatMap(([state, inner]) => pathsOf(inner, `${above}${state}.`))
}

/** The actors as they were after so many records. @param {readonly InspectionRecord[]} records */
function actorsAfter(records) {
  /** @type {Map<string, Actor>} */
  const actors = new Map()
  for (const record of records) {
    if (record.kind === 'actor') {
      const { id, name, parent, machine } = record
      actors.set(id, { id, name, parent, machine, states: pathsOf(record.value), before: undefined, ended: false })
    } else if (record.kind === 'state') {
      const actor = actors.get(record.id)
      if (actor === undefined) continue
      actor.before = actor.states[0]
      actor.states = pathsOf(record.value)
      actor.ended = record.status !== 'active'
    }
  }
  return actors
}

/** An active socket; else any socket, or any actor. @param {Map<string, Actor>} actors */
function mostInteresting(actors) {
  const all = [...actors.values()]
  const sockets = all.filter(({ machine }) => machine === 'socket')
  return sockets.find(({ states }) => !states.includes('market-switch')) ?? sockets[0] ?? all[0]
}

/**
 * With the names of what it is a part of, as far as these are needed: that of its line where there are more.
 * @param {Actor} actor @param {Map<string, Actor>} actors
 * @returns {string}
 */
function labelOf(actor, actors) {
  const parent = actor.parent === undefined ? undefined : actors.get(actor.parent)
  const hasLines = [...actors.values()].filter(({ machine }) => machine === 'line').length > 1
  const isNamed = parent?.machine === 'socket' || (parent?.machine === 'line' && hasLines)
  return isNamed ? `${labelOf(parent, actors)} › ${actor.name}` : actor.name
}

/** @param {{ send(message: import('../../messages.ts').FromPage): void }} connection */
export function createInspectorView({ send }) {
  /** @type {InspectionRecord[]} */
  let records = []
  /** @type {Outlines | undefined} */
  let outlines
  /** Which record is looked at; undefined follows the newest. @type {number | undefined} */
  let at
  let isOn = false
  let isLoaded = false
  let chosen = ''
  let isPicked = false
  /** @type {{ machine: string, chart: ReturnType<typeof drawStatechart> } | undefined} */
  let drawn
  let isPending = false

  const slider = /** @type {HTMLInputElement} */ (byId('step'))

  function later() {
    if (isPending) return
    isPending = true
    requestAnimationFrame(() => {
      isPending = false
      show()
    })
  }

  function show() {
    const count = at ?? records.length
    byId('inspect-view').hidden = records.length === 0
    byId('inspect-about').hidden = records.length > 0
    setText(byId('inspect'), say(isOn ? 'inspect-stop' : 'inspect'))
    setAttribute(byId('inspect'), 'aria-pressed', String(isOn))
    setAttribute(byId('step-live'), 'aria-pressed', String(at === undefined && isOn))
    byId('inspect-save').toggleAttribute('disabled', records.length === 0)
    slider.max = String(records.length)
    slider.value = String(count)
    const shownRecord = records[count - 1]
    setText(byId('step-at'), `${say('step-at', { at: count, count: records.length })} · ${koreanTime(shownRecord?.at)}`)
    const actors = actorsAfter(records.slice(0, count))
    showActors(actors)
    showEvents(actors, count)
    showMachine(actors)
  }

  /** @param {Map<string, Actor>} actors */
  function showActors(actors) {
    if (!isPicked || !actors.has(chosen)) chosen = mostInteresting(actors)?.id ?? ''
    keepChildren(
      byId('actors'),
      [...actors.values()].filter(({ ended, machine }) => !ended || machine !== undefined),
      ({ id }) => id,
      ({ id }) => {
        const button = make('button', { type: 'button' }, make('span'), make('small'))
        button.addEventListener('click', () => {
          chosen = id
          isPicked = true
          show()
        })
        return make('li', {}, button)
      },
      (element, actor) => {
        const button = /** @type {HTMLElement} */ (element.firstElementChild)
        setText(/** @type {Element} */ (button.firstElementChild), labelOf(actor, actors))
        setText(/** @type {Element} */ (button.lastElementChild), actor.ended ? say('ended') : actor.states.join(', '))
        setAttribute(button, 'aria-pressed', String(actor.id === chosen))
      },
    )
  }

  /** @param {Map<string, Actor>} actors @param {number} count */
  function showEvents(actors, count) {
    const from = Math.max(0, count - mostEvents)
    const name = (/** @type {string} */ id) => {
      const actor = actors.get(id)
      return actor === undefined ? id : labelOf(actor, actors)
    }
    const rows = records
      .slice(from, count)
      .map((record, index) => ({ record, number: from + index }))
      .toReversed()
    keepChildren(
      byId('events'),
      rows,
      ({ number, record }) => `${number} ${record.at}`,
      ({ record }) =>
        make(
          'li',
          { 'data-kind': record.kind },
          make('time', {}, koreanTime(record.at)),
          make('span.who'),
          make('span'),
        ),
      (element, { record, number }) => {
        const [, who, what] = element.children
        setText(/** @type {Element} */ (who), name(record.kind === 'event' ? record.to : record.id))
        setText(/** @type {Element} */ (what), textOf(record))
        setAttribute(element, 'aria-current', at !== undefined && number === count - 1 ? 'true' : null)
      },
    )
  }

  /** @param {Map<string, Actor>} actors */
  function showMachine(actors) {
    const actor = actors.get(chosen)
    const machine = actor?.machine
    if (actor === undefined || (machine !== 'feed' && machine !== 'line' && machine !== 'socket')) {
      byId('inspected-machine').replaceChildren()
      drawn = undefined
      return
    }
    if (drawn?.machine !== machine) {
      drawn = { machine, chart: drawStatechart(byId('inspected-machine'), machine, actor.name) }
    }
    drawn.chart.light(actor.states, actor.before)
  }

  /** @param {number | undefined} to */
  function stepTo(to) {
    at = to === undefined || (to >= records.length && isOn) ? undefined : Math.max(1, Math.min(records.length, to))
    show()
  }

  function save() {
    const text = JSON.stringify({ format, version: 1, outlines, records })
    const link = make('a', {
      href: URL.createObjectURL(new Blob([text], { type: 'application/json' })),
      download: `kis-stream-inspection-${new Date(records[0]?.at ?? 0).toISOString().slice(0, 19).replaceAll(':', '')}.json`,
    })
    link.click()
    URL.revokeObjectURL(link.getAttribute('href') ?? '')
  }

  /** @param {File} file */
  async function load(file) {
    try {
      const read = JSON.parse(await file.text())
      if (read?.format !== format || !Array.isArray(read.records)) throw new Error('another format')
      if (isOn) toggle()
      records = read.records
      outlines = read.outlines ?? outlines
      drawn = undefined
      isLoaded = true
      at = 1
      show()
    } catch {
      setText(byId('inspect-about'), say('load-failed'))
      byId('inspect-about').hidden = false
    }
  }

  function toggle() {
    isOn = !isOn
    if (isOn) {
      records = []
      isLoaded = false
      at = undefined
    }
    send({ type: 'inspect', on: isOn })
    show()
  }

  byId('inspect').addEventListener('click', toggle)
  byId('inspect-save').addEventListener('click', save)
  byId('inspect-load').addEventListener('click', () => byId('inspect-file').click())
  byId('inspect-file').addEventListener('change', () => {
    const [file] = /** @type {HTMLInputElement} */ (byId('inspect-file')).files ?? []
    if (file !== undefined) void load(file)
  })
  slider.addEventListener('input', () => stepTo(Number(slider.value)))
  byId('step-back').addEventListener('click', () => stepTo((at ?? records.length) - 1))
  byId('step-forward').addEventListener('click', () => stepTo((at ?? records.length) + 1))
  byId('step-live').addEventListener('click', () => stepTo(undefined))

  return {
    /** @param {Outlines} given */
    setOutlines(given) {
      if (!isLoaded) outlines = given
    },
    /** @param {import('../../messages.ts').Inspected} message */
    add({ isFirst, records: fresh }) {
      if (!isOn) return
      records = isFirst ? [...fresh] : [...records, ...fresh].slice(-mostRecords)
      later()
    },
    /** After a reconnection the server does not know that the page inspects. */
    resume() {
      if (isOn) send({ type: 'inspect', on: true })
    },
    show,
  }
}

/** @param {InspectionRecord} record */
function textOf(record) {
  switch (record.kind) {
    case 'actor':
      return `＋ ${record.name}`
    case 'event':
      return record.type
    case 'state':
      return `→ ${pathsOf(record.value).join(', ') || record.status}`
  }
}
