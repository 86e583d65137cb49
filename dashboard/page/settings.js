// What the reader chose: language, theme, colours of up and down, interval. Kept in this browser; the system
// decides until the reader does.

const storeName = 'kis-stream'

/**
 * @typedef {{ language: 'en' | 'ko', theme: 'system' | 'light' | 'dark', colours: 'korean' | 'western',
 *   interval: 5 | 60, instrument: string }} Settings
 */

/** @type {Settings} */
const defaults = {
  language: navigator.language.startsWith('ko') ? 'ko' : 'en',
  theme: 'system',
  colours: 'korean',
  interval: 5,
  instrument: '',
}

/** @returns {Partial<Settings>} */
function stored() {
  try {
    return JSON.parse(localStorage.getItem(storeName) ?? '{}')
  } catch {
    // A browser may forbid storage; then nothing is remembered.
    return {}
  }
}

/** @type {Settings} */
export const settings = { ...defaults, ...stored() }

/** @type {Set<() => void>} */
const listeners = new Set()

/** @param {() => void} listener Called now and after every change. */
export function onSettings(listener) {
  listeners.add(listener)
  listener()
}

/** @param {Partial<Settings>} change */
export function changeSettings(change) {
  Object.assign(settings, change)
  try {
    localStorage.setItem(storeName, JSON.stringify(settings))
  } catch {
    // As above.
  }
  for (const listener of listeners) listener()
}
