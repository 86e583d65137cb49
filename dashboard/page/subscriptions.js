// What was asked of KIS and what became of it: places of the session, counts, refusals with what they mean, and every subscription.
import { byId, childrenOf, keepChildren, make, setAttribute, setText, showFacts } from './dom.js'
import { formatDuration } from './format.js'
import { settings } from './settings.js'
import { say } from './words.js'

/** @typedef {import('../view.ts').StatusView} StatusView */
/** @typedef {import('../view.ts').SubscriptionView} SubscriptionView */

export function createSubscriptions() {
  const table = byId('subscriptions')
  const head = /** @type {Element} */ (table.querySelector('thead'))
  const body = /** @type {Element} */ (table.querySelector('tbody'))
  const bar = byId('slots-bar')

  /** @param {StatusView} status @param {readonly SubscriptionView[]} own */
  function showSlots({ mostSlots, sockets, handOver }, own) {
    const used = handOver.turn === undefined ? 0 : sockets[handOver.turn].slots
    setText(byId('slots'), say('slots', { used, most: mostSlots }))
    setAttribute(bar, 'aria-label', say('slots', { used, most: mostSlots }))
    setAttribute(bar, 'role', 'img')
    while (bar.children.length < mostSlots) bar.append(document.createElement('i'))
    const held = own.filter(({ status }) => status !== 'refused')
    childrenOf(bar).forEach((slot, index) => {
      const { flow } = held[index] ?? {}
      setAttribute(slot, 'data-flow', flow === undefined ? 'free' : flow === 'none' ? 'asked' : flow)
    })
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
        const text = `${meaning?.[settings.language] ?? ''} ${remedy?.[settings.language] ?? ''} (${of.join(', ')})`
        setText(/** @type {Element} */ (element.lastElementChild), text)
      },
    )
  }

  return {
    /** @param {StatusView} status @param {number} now */
    show(status, now) {
      const { turn } = status.handOver
      const own = status.subscriptions.filter(({ market }) => market === turn)
      showSlots(status, own)
      const count = (/** @type {(one: SubscriptionView) => boolean} */ fits) => own.filter(fits).length
      const stale = count(({ flow }) => flow === 'stale')
      const refused = count(one => one.status === 'refused')
      showFacts(byId('subscription-counts'), [
        [say('requested'), String(own.length)],
        [say('acknowledged'), String(count(one => one.status === 'active' || one.status === 'adopted'))],
        [say('flowing'), String(count(({ flow }) => flow === 'flowing'))],
        [say('stale'), String(stale), stale > 0],
        [say('refused'), String(refused), refused > 0],
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
        [...own, ...status.subscriptions.filter(({ market }) => market !== turn)],
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
          setText(/** @type {Element} */ (text), `${word}${flow}${one.code === null ? '' : ` · ${one.code}`}`)
          setText(
            /** @type {Element} */ (age),
            one.lastData === null ? '–' : formatDuration(Math.max(0, now - one.lastData)),
          )
        },
      )
    },
  }
}
