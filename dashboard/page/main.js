// Joins the parts of the page: messages of the server go to the panels, and what the reader does goes back.
import { createBook } from './panels/book.js'
import { createCandleChart } from './panels/chart.js'
import { connect } from './connection.js'
import { byId, setAttribute, setText } from './dom.js'
import { formatDuration, koreanTime, localTime, zoneName } from './format.js'
import { createCertificate } from './panels/certificate.js'
import { createGauges } from './panels/gauges.js'
import { createHeadline } from './panels/headline.js'
import { createInspectorView } from './panels/inspector.js'
import { createSockets } from './panels/sockets.js'
import { changeSettings, onSettings, settings } from './settings.js'
import { createSubscriptions } from './panels/subscriptions.js'
import { createTape } from './panels/tape.js'
import { createWatchList } from './panels/watch-list.js'
import { say, writeWords } from './words.js'

/** @typedef {import('../messages.ts').ToPage} ToPage */
/** @typedef {import('../view.ts').StatusView} StatusView */

const themes = /** @type {const} */ (['system', 'light', 'dark'])

const book = createBook()
const tape = createTape()
const chart = createCandleChart()
const headline = createHeadline()
const certificate = createCertificate()
const sockets = createSockets()
const subscriptions = createSubscriptions()
const gauges = createGauges()
/** @type {StatusView | undefined} */
let status
/** The server's clock less ours: ages are by its clock, which in a replay is that of another day. */
let clockOffset = 0
/** @type {number | undefined} */
let goneSince
let isDemonstration = false

const now = () => Date.now() + clockOffset

const watchList = createWatchList({
  onChoose(instrument) {
    changeSettings({ instrument })
    book.clear()
    tape.clear()
    connection.send({ type: 'choose', instrument })
  },
})
const connection = connect({
  onMessage: receive,
  onOpen() {
    goneSince = undefined
    showGone()
    if (watchList.chosen() !== '') connection.send({ type: 'choose', instrument: watchList.chosen() })
    inspector.resume()
  },
  onGone(since) {
    goneSince = since
    showGone()
  },
})
const inspector = createInspectorView(connection)

/** @param {ToPage} message */
function receive(message) {
  switch (message.type) {
    case 'hello':
      isDemonstration = message.isDemonstration
      inspector.setOutlines(message.outlines)
      byId('stately').hidden = !message.hasStately
      sockets.setOutline(message.outlines.socket)
      return
    case 'status':
      status = message
      clockOffset = message.time - Date.now()
      return showStatus()
    case 'prices':
      watchList.showPrices(message.rows)
      return headline.price(watchList.price(watchList.chosen()))
    case 'chosen':
      tape.clear()
      headline.choose(message.instrument, watchList.price(message.instrument))
      return chart.choose(message)
    case 'watched':
      if (message.instrument !== watchList.chosen()) return
      tape.add(message.instrument, message.trades, message.missed)
      headline.day(message.day)
      if (message.book !== null) book.show(message.instrument, message.book)
      return chart.watch(message)
    case 'marks':
      return chart.showMarks(message)
    case 'inspected':
      return inspector.add(message)
  }
}

function showStatus() {
  if (status === undefined) return
  showVerdict()
  setText(byId('origin'), isDemonstration ? say('demonstration') : status.environment === 'paper' ? say('paper') : '')
  watchList.showSubscriptions(status)
  if (watchList.chosen() === '' || hasMovedOn()) chooseFirst()
  // Prices of a market that is down are old, and look old.
  document.body.classList.toggle('is-down', watchList.isOld(watchList.chosen()))
  sockets.show(status, now())
  subscriptions.show(status, now())
  gauges.show(status)
  certificate.show(status)
  chart.describe()
}

/** Of every market with a turn, the worst first; unknown without a connection to the server. */
function showVerdict() {
  if (status === undefined) return
  const { verdicts, gaps } = status
  const isGone = goneSince !== undefined
  setAttribute(byId('verdict'), 'data-level', isGone ? 'waiting' : (verdicts[0]?.level ?? 'waiting'))
  setAttribute(byId('verdict'), 'data-reason', isGone ? '' : (verdicts[0]?.reason ?? ''))
  const words = verdicts.map(({ reason, market, count }) => say(`verdict-${reason}`, { market: market ?? '', count }))
  if (gaps > 0) words.push(say('some-gaps', { count: gaps }))
  setText(byId('verdict-text'), isGone ? say('verdict-unknown') : words.join(' · '))
}

/** Its market has a line. @param {string} instrument */
const moves = instrument =>
  status?.subscriptions.some(one => one.instrument === instrument && status?.turns.includes(one.market)) ?? false

/** The other market has its turn now, and the reader chose nothing that would keep the page where it is. */
const hasMovedOn = () =>
  !watchList.isPicked() && !moves(watchList.chosen()) && watchList.instruments().some(name => moves(name))

/** The instrument of last time, if it is still there and its market has a line; else the first. */
function chooseFirst() {
  const all = watchList.instruments()
  const isListed = all.includes(settings.instrument)
  watchList.choose((isListed && moves(settings.instrument) ? settings.instrument : all[0]) ?? '')
}

function showGone() {
  const notice = byId('gone')
  const isGone = goneSince !== undefined
  document.body.classList.toggle('is-gone', isGone)
  notice.hidden = !isGone
  if (goneSince !== undefined)
    setText(notice, say('gone', { time: formatDuration(Math.floor((Date.now() - goneSince) / 1000) * 1000) }))
  showVerdict()
}

function tick() {
  setText(byId('clock-korea'), koreanTime(now()))
  setText(byId('clock-local'), localTime(now()))
  setText(byId('clock-zone'), zoneName())
  sockets.tick(now())
  tape.tick()
  if (goneSince !== undefined) showGone()
}

byId('switch-language').addEventListener('click', () =>
  changeSettings({ language: settings.language === 'ko' ? 'en' : 'ko' }),
)
byId('switch-colours').addEventListener('click', () =>
  changeSettings({ colours: settings.colours === 'korean' ? 'western' : 'korean' }),
)
byId('switch-theme').addEventListener('click', () =>
  changeSettings({ theme: themes[(themes.indexOf(settings.theme) + 1) % themes.length] ?? 'system' }),
)
byId('interval').addEventListener('click', event => {
  const interval = /** @type {Element} */ (event.target).getAttribute('data-interval')
  if (interval !== null) changeSettings({ interval: interval === '60' ? 60 : 5 })
})

onSettings(() => {
  const root = document.documentElement
  setAttribute(root, 'data-theme', settings.theme === 'system' ? null : settings.theme)
  setAttribute(root, 'data-colours', settings.colours)
  writeWords()
  setText(byId('switch-language'), settings.language === 'ko' ? 'English' : '한국어')
  setAttribute(byId('switch-language'), 'lang', settings.language === 'ko' ? 'en' : 'ko')
  setText(byId('switch-colours'), say(`colours-${settings.colours}`))
  setAttribute(byId('switch-colours'), 'title', say('colours-about'))
  setText(byId('switch-theme'), say(`theme-${settings.theme}`))
  setAttribute(byId('switch-theme'), 'title', say('theme-about'))
  chart.redraw()
  headline.show()
  inspector.show()
  showStatus()
  tick()
})
setInterval(tick, 1_000)
