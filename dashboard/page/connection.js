// The page's connection to the server. It comes back by itself, each time a little later, and reports when it
// is gone: old prices must never look like new ones.

/** @typedef {import('../messages.ts').ToPage} ToPage */
/** @typedef {import('../messages.ts').FromPage} FromPage */

const firstWaitMs = 250
const longestWaitMs = 5_000
/** The status comes twice a second; a server that sends nothing for so long counts as gone. */
const patienceMs = 4_000

/**
 * @param {{ onMessage(message: ToPage): void, onOpen(): void, onGone(since: number): void }} listener
 */
export function connect({ onMessage, onOpen, onGone }) {
  /** @type {WebSocket | undefined} */
  let socket
  let waitMs = firstWaitMs
  let lastReceived = Date.now()
  let isGone = false

  function open() {
    const opening = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/live`)
    socket = opening
    opening.addEventListener('open', () => {
      waitMs = firstWaitMs
      lastReceived = Date.now()
      isGone = false
      onOpen()
    })
    opening.addEventListener('message', ({ data }) => {
      lastReceived = Date.now()
      onMessage(JSON.parse(data))
    })
    opening.addEventListener('close', () => {
      if (socket === opening) lose()
    })
  }

  function lose() {
    if (!isGone) onGone(lastReceived)
    isGone = true
    socket = undefined
    setTimeout(open, waitMs)
    waitMs = Math.min(longestWaitMs, waitMs * 2)
  }

  setInterval(() => {
    if (socket?.readyState !== WebSocket.OPEN || Date.now() - lastReceived < patienceMs) return
    const silent = socket
    lose()
    silent.close()
  }, 1_000)
  open()

  return {
    /** @param {FromPage} message */
    send(message) {
      if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message))
    },
  }
}
