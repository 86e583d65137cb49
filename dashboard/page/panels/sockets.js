// The sockets: each machine with its state lit, the hand-over between the markets, and the last transitions.
import { byId, keepChildren, make, setAttribute, setText } from '../dom.js'
import { formatDuration, koreanClock, koreanTime, localClock, zoneName } from '../format.js'
import { directionIn, drawStatechart } from './statechart.js'
import { say, sayCause } from '../words.js'

/** @typedef {import('../../view.ts').StatusView} StatusView */
/** @typedef {import('../../../app/machine-docs/outline.ts').StateOutline} StateOutline */

const markets = /** @type {const} */ (['KR', 'US'])
const mostSteps = 14

export function createSockets() {
  const frame = byId('machine')
  /** @type {StateOutline | undefined} */
  let outline
  /** @type {ReturnType<typeof drawStatechart> | undefined} */
  let chart
  /** @type {'KR' | 'US'} */
  let shown = 'KR'
  /** The reader chose; otherwise the market that has the line is shown. */
  let isChosen = false
  /** @type {StatusView | undefined} */
  let last

  function draw() {
    if (outline === undefined) return
    chart = drawStatechart(frame, 'socket', `socket ${shown}`)
    light()
  }

  /** A wide box has the chart lying down, a narrow one standing up. */
  function turnIfNeeded() {
    if (chart !== undefined && frame.clientWidth > 0 && chart.direction !== directionIn(frame)) draw()
  }

  /** The status leaves out the outer `session`; the outline does not. @param {string} phase */
  const pathOf = phase => (findPath(outline, phase) ? phase : `session.${phase}`)

  function light() {
    if (last === undefined || chart === undefined) return
    const { phase, transitions } = last.sockets[shown]
    const step = transitions.at(-1)
    chart.light([pathOf(phase)], step === undefined ? undefined : pathOf(step.from))
  }

  /** @param {'KR' | 'US'} market */
  function show(market) {
    shown = market
    for (const name of markets) {
      const tab = byId(`tab-${name}`)
      setAttribute(tab, 'aria-selected', String(name === market))
      tab.tabIndex = name === market ? 0 : -1
    }
    setAttribute(frame, 'aria-labelledby', `tab-${market}`)
    light()
    if (last !== undefined) showSteps(last)
  }

  for (const market of markets) {
    byId(`tab-${market}`).addEventListener('click', () => {
      isChosen = true
      show(market)
    })
  }
  byId('socket-tabs').addEventListener('keydown', event => {
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return
    isChosen = true
    show(shown === 'KR' ? 'US' : 'KR')
    byId(`tab-${shown}`).focus()
  })
  new ResizeObserver(turnIfNeeded).observe(frame)

  /** @param {StatusView} status */
  function showSteps(status) {
    const { transitions } = status.sockets[shown]
    const steps = transitions.slice(-mostSteps).toReversed()
    keepChildren(
      byId('steps'),
      steps,
      ({ at, from, to }) => `${shown} ${at} ${from} ${to}`,
      () => make('li', {}, make('div.head', {}, make('strong'), make('time')), make('div.why')),
      (element, { from, to, at, cause, lastedMs }) => {
        const [head, why] = element.children
        setText(/** @type {Element} */ (head?.firstElementChild), to)
        setText(/** @type {Element} */ (head?.lastElementChild), koreanTime(at))
        setText(
          /** @type {Element} */ (why),
          `${sayCause(cause)} · ${say('lasted', { time: formatDuration(lastedMs), state: from })}`,
        )
      },
    )
    if (steps.length === 0) byId('steps').replaceChildren(make('li.dim', {}, say('no-steps')))
  }

  /** @param {StatusView} status @param {number} now */
  function showHandOver(status, now) {
    const { handOver, nextSwitch, sockets, turns } = status
    setText(byId('hand-over-state'), handOver.state)
    const box = byId('hand-over')
    if (box.children.length === 0) {
      box.append(
        make('div.market', { 'data-market': 'KR' }, make('strong', {}, 'KR'), make('span'), make('div.dim')),
        make('span.arrow', { 'aria-hidden': 'true' }, '⇄'),
        make('div.market', { 'data-market': 'US' }, make('strong', {}, 'US'), make('span'), make('div.dim')),
        make('p.when', {}),
      )
    }
    for (const market of markets) {
      const card = /** @type {Element} */ (box.querySelector(`[data-market="${market}"]`))
      const { phase, since, triesAgainAt, failures } = sockets[market]
      setAttribute(card, 'data-turn', String(turns.includes(market)))
      setText(/** @type {Element} */ (card.children[1]), phase)
      const time =
        triesAgainAt === undefined
          ? say('for', { time: formatDuration(now - since) })
          : say('tries-again', { time: formatDuration(triesAgainAt - now) })
      setText(
        /** @type {Element} */ (card.children[2]),
        failures > 1 ? `${time} · ${say('attempts', { count: failures })}` : time,
      )
      setText(/** @type {Element} */ (byId(`tab-${market}`).lastElementChild), phase)
    }
    setText(/** @type {Element} */ (box.querySelector('.when')), whenText(status, now))
    setText(byId('next-switch'), nextSwitch === undefined ? heldText(status) : switchText(nextSwitch, now))
  }

  return {
    /** @param {StateOutline} given */
    setOutline(given) {
      if (outline !== undefined && JSON.stringify(outline) === JSON.stringify(given)) return
      outline = given
      draw()
    },
    /** @param {StatusView} status @param {number} now */
    show(status, now) {
      last = status
      const [turn] = status.turns
      if (!isChosen && turn !== undefined && !status.turns.includes(shown)) show(turn)
      else if (byId(`tab-${shown}`).getAttribute('aria-selected') !== 'true') show(shown)
      showHandOver(status, now)
      showSteps(status)
      light()
    },
    /** @param {number} now */
    tick(now) {
      if (last !== undefined) showHandOver(last, now)
    },
  }
}

/** @param {StateOutline | undefined} state @param {string} path @returns {boolean} */
function findPath(state, path) {
  return state !== undefined && (state.path === path || state.children.some(child => findPath(child, path)))
}

/** @param {{ at: number, market: string }} next @param {number} now */
function switchText({ at, market }, now) {
  const own = localClock(at) === koreanClock(at) ? '' : ` · ${localClock(at)} ${zoneName()}`
  return `${market} ${koreanClock(at)} KST${own} · ${formatDuration(at - now)}`
}

/** @param {StatusView} status */
function heldText({ market, turns }) {
  return turns.length > 1 ? say('side-by-side') : say('held', { market })
}

/** @param {StatusView} status @param {number} now */
function whenText({ nextSwitch, turns }, now) {
  if (nextSwitch === undefined) return say(turns.length > 1 ? 'no-switch-both' : 'no-switch')
  const { at, market } = nextSwitch
  const times = `${koreanClock(at)} KST · ${localClock(at)} ${zoneName()}`
  return `${say('switch-to', { market })} ${times} · ${say('in-time', { time: formatDuration(at - now) })}`
}
