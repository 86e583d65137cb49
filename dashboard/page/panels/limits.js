// What KIS still allows each app key, and who counts it; and how old the keys are, never the keys.
import { byId, childrenOf, keepChildren, make, setAttribute, setText, showFacts } from '../dom.js'
import { formatDuration } from '../format.js'
import { say } from '../words.js'

/** @typedef {import('../../view.ts').StatusView} StatusView */
/** @typedef {import('../../limits.ts').LimitView} LimitView */

/** Titles name the markets of a line where there are several. @param {StatusView} status */
function budgetsOf({ limits }) {
  return limits.flatMap(({ markets, connects, requests }) => {
    const whose = limits.length > 1 ? `${markets.join(' ')} · ` : ''
    return [
      { key: `connects ${whose}`, title: `${whose}${say('connects')}`, budget: connects, scope: say(connects.scope) },
      { key: `requests ${whose}`, title: `${whose}${say('requests')}`, budget: requests, scope: say(requests.scope) },
    ]
  })
}

/** @param {StatusView} status @returns {(readonly [string, string, boolean?])[]} */
function keyFacts({ limits, tokenIssuedAt, time, restPace }) {
  /** @param {number | null} issuedAt */
  const age = issuedAt => (issuedAt === null ? say('none') : formatDuration(time - issuedAt))
  const approvals = limits.map(({ markets, approvalKeyIssuedAt }) => {
    const whose = limits.length > 1 ? `${markets.join(' ')} · ` : ''
    return /** @type {const} */ ([`${whose}${say('approval-key')}`, age(approvalKeyIssuedAt)])
  })
  return [...approvals, [say('token'), age(tokenIssuedAt)], ...restFacts(restPace)]
}

/** @param {StatusView['restPace']} pace @returns {(readonly [string, string, boolean?])[]} */
function restFacts(pace) {
  if (pace === null) return []
  const rate = say('rest-rate', { rate: pace.callsPerSecond.toFixed(1) })
  const isSlowed = pace.slowedBy > 1.01
  const slowed = isSlowed ? ` · ${say('rest-slowed', { times: pace.slowedBy.toFixed(1) })}` : ''
  return [[say('rest-pace'), `${rate}${slowed}`, isSlowed]]
}

/** @param {StatusView} status */
export function showLimits(status) {
  keepChildren(
    byId('budgets'),
    budgetsOf(status),
    ({ key }) => key,
    () =>
      make(
        'div.budget',
        {},
        make('p', {}, make('span'), make('span.figure')),
        make('div.meter', { role: 'meter', 'aria-valuemin': '0' }, make('i')),
        make('p.dim'),
      ),
    (element, { title, scope, budget: { left, most, windowMs } }) => {
      const [text, bar, whose] = childrenOf(element)
      const [name, figure] = childrenOf(/** @type {Element} */ (text))
      setText(name, title)
      setText(figure, say('per-window', { left, most, time: formatDuration(windowMs) }))
      setText(whose, scope)
      setAttribute(bar, 'aria-label', title)
      setAttribute(bar, 'aria-valuenow', String(left))
      setAttribute(bar, 'aria-valuemax', String(most))
      setAttribute(bar, 'data-low', String(left * 4 <= most))
      const inner = /** @type {HTMLElement} */ (bar.firstElementChild)
      inner.style.width = `${(left / Math.max(1, most)) * 100}%`
    },
  )
  showFacts(byId('keys'), keyFacts(status))
}
