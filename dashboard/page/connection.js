// The page's own line to the server. Comes back by itself, a little later each time, and says so when it is gone: old prices must never
// look like new ones.

/** @typedef {import('../messages.ts').ToPage} ToPage */
/** @typedef {import('../messages.ts').FromPage} FromPage */

const firstWaitMs = 250
const longestWaitMs = 5_000
/** Twice a second there is a word about the line; a server that says nothing for so long is as good as gone. */
const patienceMs = 4_000

/**
 * @param {{ onMessage(message: ToPage): void, onOpen(): void, onGone(since: number): void }} told
 */
export function connect({ onMessage, onOpen, onGone }) {
  /** @type {WebSocket | undefined} */
  let socket
  let waitMs = firstWaitMs
  let lastHeard = Date.now()
  let isGone = false

  function open() {
    const opening = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/live`)
    socket = opening
    opening.addEventListener('open', () => {
      waitMs = firstWaitMs
      lastHeard = Date.now()
      isGone = false
      onOpen()
    })
    opening.addEventListener('message', ({ data }) => {
      lastHeard = Date.now()
      onMessage(JSON.parse(data))
    })
    opening.addEventListener('close', () => {
      if (socket === opening) lose()
    })
  }

  function lose() {
    if (!isGone) onGone(lastHeard)
    isGone = true
    socket = undefined
    setTimeout(open, waitMs)
    waitMs = Math.min(longestWaitMs, waitMs * 2)
  }

  setInterval(() => {
    if (socket?.readyState !== WebSocket.OPEN || Date.now() - lastHeard < patienceMs) return
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
