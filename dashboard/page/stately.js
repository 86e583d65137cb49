// Passes the records of the inspector to the hosted visualiser in the frame, in order, once it is ready.
const visualiser = 'https://stately.ai'
const frame = /** @type {HTMLIFrameElement} */ (document.getElementById('inspector'))
/** What to do while, or because, nothing is there. */
const waitingText = document.getElementById('waiting')
const waiting = /** @type {unknown[]} */ ([])
let isListening = false

/** @param {unknown} event */
const hand = event => frame.contentWindow?.postMessage(event, visualiser)

window.addEventListener('message', ({ origin, data }) => {
  if (origin !== visualiser || data?.type !== '@statelyai.connected') return
  isListening = true
  waitingText?.toggleAttribute('hidden', true)
  waiting.splice(0).forEach(hand)
})

const live = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/stately/live`)
live.addEventListener('message', ({ data }) => {
  const event = JSON.parse(data)
  if (isListening) hand(event)
  else waiting.push(event)
})
