// Subscriptions: slots of each line, counts, refusals with their meaning, and a table of all.
import { byId, childrenOf, keepChildren, make, setAttribute, setText, showFacts } from '../dom.js'
import { formatDuration } from '../format.js'
import { settings } from '../settings.js'
import { say } from '../words.js'

/** @typedef {import('../../view.ts').StatusView} StatusView */
/** @typedef {import('../../view.ts').SubscriptionView} SubscriptionView */

/** The table below has them all. */
const mostNamed = 6

/** @param {readonly string[]} names */
function namesOf(names) {
  const more = names.length - mostNamed
  const named = names.slice(0, mostNamed).join(', ')
  return more > 0 ? `${named} ${say('and-more', { count: more })}` : named
}

export function createSubscriptions() {
  const table = byId('subscriptions')
  const head = /** @type {Element} */ (table.querySelector('thead'))
  const body = /** @type {Element} */ (table.querySelector('tbody'))
  const bars = byId('slots-bars')

  /** A bar of slots for each line. @param {StatusView} status */
  function showSlots({ mostSlots: most, sockets, turns, subscriptions }) {
    /** @param {'KR' | 'US'} market */
    const textOf = market => say(turns.length > 1 ? 'slots-of' : 'slots', { market, used: sockets[market].slots, most })
    setText(byId('slots'), turns.map(textOf).join(' · '))
    keepChildren(
      bars,
      turns,
      market => market,
      market => make('div.slots', { role: 'img', 'data-market': market }),
      (bar, market) => {
        setAttribute(bar, 'aria-label', textOf(market))
        while (bar.children.length < most) bar.append(document.createElement('i'))
        const held = subscriptions.filter(one => one.market === market && one.status !== 'refused')
        childrenOf(bar).forEach((slot, index) => {
          const { flow } = held[index] ?? {}
          setAttribute(slot, 'data-flow', flow === undefined ? 'free' : flow === 'none' ? 'asked' : flow)
        })
      },
    )
  }

  /** @param {StatusView} status @param {readonly SubscriptionView[]} own */
  function showRefusals({ explanations }, own) {
    const codes = [...new Set(own.flatMap(({ code }) => code ?? []))]
    keepChildren(
      byId('refusals'),
      codes,
      code => code,
      code => make('p', {}, make('strong', {}, code), ' ', make('span')),
      (element, code) => {
        const { meaning, remedy } = explanations[code] ?? {}
        const of = own.filter(one => one.code === code).map(({ instrument, channel }) => `${instrument} ${channel}`)
        const text = `${meaning?.[settings.language] ?? ''} ${remedy?.[settings.language] ?? ''} (${namesOf(of)})`
        setText(/** @type {Element} */ (element.lastElementChild), text)
      },
    )
  }

  return {
    /** @param {StatusView} status @param {number} now */
    show(status, now) {
      const own = status.subscriptions.filter(({ market }) => status.turns.includes(market))
      showSlots(status)
      const count = (/** @type {(one: SubscriptionView) => boolean} */ fits) => own.filter(fits).length
      const stale = count(({ flow }) => flow === 'stale')
      const refused = count(one => one.status === 'refused')
      showFacts(byId('subscription-counts'), [
        [say('requested'), String(own.length)],
        [say('acknowledged'), String(count(one => one.status === 'active' || one.status === 'adopted'))],
        [say('flowing'), String(count(({ flow }) => flow === 'flowing'))],
        [say('stale'), String(stale), stale > 0],
        [say('refused'), String(refused), refused > 0 && 'refused'],
      ])
      showRefusals(status, own)
      const titles = ['instrument', 'channel', 'status', 'last-data'].map(word => say(word))
      keepChildren(
        head,
        ['row'],
        key => key,
        () => make('tr', {}, ...titles.map(() => make('th', { scope: 'col' }))),
        row => childrenOf(row).forEach((cell, index) => setText(cell, titles[index] ?? '')),
      )
      keepChildren(
        body,
        [...own, ...status.subscriptions.filter(one => !own.includes(one))],
        ({ instrument, channel }) => `${instrument} ${channel}`,
        ({ instrument, channel }) =>
          make(
            'tr',
            {},
            make('td', {}, instrument),
            make('td', {}, channel),
            make('td', {}, make('span.dot'), make('span')),
            make('td'),
          ),
        (row, one) => {
          const [, , state, age] = childrenOf(row)
          const [dot, text] = childrenOf(/** @type {Element} */ (state))
          setAttribute(/** @type {Element} */ (dot), 'data-flow', one.status === 'refused' ? 'refused' : one.flow)
          const flow = one.flow === 'none' || one.flow === 'flowing' ? '' : ` · ${say(`flow-${one.flow}`)}`
          const word = one.flow === 'flowing' ? say('flow-flowing') : say(`status-${one.status}`)
          setText(/** @type {Element} */ (text), `${word}${flow}${!one.code ? '' : ` · ${one.code}`}`)
          setText(
            /** @type {Element} */ (age),
            one.lastData === null ? '–' : formatDuration(Math.max(0, now - one.lastData)),
          )
        },
      )
    },
  }
}
