// Numbers, times and durations for readers. Prices keep the most decimals that their instrument has shown, so
// that columns stand still.
import { settings } from './settings.js'

/** @type {Map<string, number>} */
const decimals = new Map()

/** @param {string} instrument @param {number | null | undefined} value */
export function formatPrice(instrument, value) {
  if (value === null || value === undefined) return '–'
  const shown = Math.min(4, (String(value).split('.')[1] ?? '').length)
  const isForeign = !/^(KRX|NXT|UN):/.test(instrument)
  const most = Math.max(decimals.get(instrument) ?? (isForeign ? 2 : 0), shown)
  decimals.set(instrument, most)
  return value.toLocaleString('en-US', { minimumFractionDigits: most, maximumFractionDigits: most })
}

/**
 * A price on an axis, which need not be one that exists and so teaches nothing.
 * @param {string} instrument
 * @param {number} value
 */
export function formatOnAxis(instrument, value) {
  const most = decimalsOf(instrument)
  return value.toLocaleString('en-US', { minimumFractionDigits: most, maximumFractionDigits: most })
}

/** @param {string} instrument */
export function decimalsOf(instrument) {
  return decimals.get(instrument) ?? 0
}

/** @param {number | null | undefined} value */
export function formatNumber(value) {
  return value === null || value === undefined ? '–' : value.toLocaleString('en-US', { maximumFractionDigits: 2 })
}

/** 12.3k, 4.56M: where there is no room. @param {number | null | undefined} value */
export function formatShort(value) {
  if (value === null || value === undefined) return '–'
  return value < 100_000
    ? value.toLocaleString('en-US', { maximumFractionDigits: value < 10 ? 1 : 0 })
    : new Intl.NumberFormat('en-US', { notation: 'compact', maximumSignificantDigits: 4 }).format(value)
}

/** @param {number | null} value @param {number | null} reference */
export function changeOf(value, reference) {
  return value === null || reference === null || reference === 0 ? null : ((value - reference) / reference) * 100
}

/**
 * `+1,500`, with the decimals of the price.
 * @param {string} instrument
 * @param {number | null} value
 * @param {number | null} reference
 */
export function formatDifference(instrument, value, reference) {
  if (value === null || reference === null) return ''
  const difference = Number((value - reference).toFixed(4))
  const sign = difference > 0 ? '+' : difference < 0 ? '−' : ''
  return `${sign}${formatOnAxis(instrument, Math.abs(difference))}`
}

/** `▲ 1.23%`. The arrow says what the colour says. @param {number | null} percent */
export function formatChange(percent) {
  if (percent === null) return ''
  const arrow = percent > 0 ? '▲' : percent < 0 ? '▼' : '–'
  return `${arrow} ${Math.abs(percent).toFixed(2)}%`
}

/** @param {number | null} percent */
export function classOfChange(percent) {
  return percent === null || percent === 0 ? '' : percent > 0 ? 'up' : 'down'
}

const korean = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Asia/Seoul',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
})
const local = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' })
const koreanMinute = new Intl.DateTimeFormat('en-GB', { timeZone: 'Asia/Seoul', hour: '2-digit', minute: '2-digit' })
const localMinute = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })

/** @param {number | null | undefined} time */
export const koreanTime = time => (time === null || time === undefined ? '--:--:--' : korean.format(time))
/** @param {number} time */
export const localTime = time => local.format(time)
/** @param {number} time */
export const koreanClock = time => koreanMinute.format(time)
/** @param {number} time */
export const localClock = time => localMinute.format(time)

/** The reader's own zone, as `Seoul` or `New York`. */
export function zoneName() {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
  return (zone.split('/').at(-1) ?? zone).replaceAll('_', ' ')
}

const units = {
  en: { ms: ' ms', second: ' s', minute: ' min', hour: ' h', day: ' d' },
  ko: { ms: 'ms', second: '초', minute: '분', hour: '시간', day: '일' },
}

/** `0.4 s`, `12 s`, `3 min 20 s`, `7 h 12 min`. @param {number} ms */
export function formatDuration(ms) {
  const { ms: milli, second, minute, hour, day } = units[settings.language]
  const seconds = Math.max(0, ms) / 1000
  if (seconds < 1) return `${Math.round(seconds * 1000)}${milli}`
  if (seconds < 10) return `${seconds.toFixed(1)}${second}`
  if (seconds < 60) return `${Math.floor(seconds)}${second}`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return pair(minutes, minute, Math.floor(seconds % 60), second)
  const hours = Math.floor(minutes / 60)
  return hours < 48 ? pair(hours, hour, minutes % 60, minute) : pair(Math.floor(hours / 24), day, hours % 24, hour)
}

/** @param {number} large @param {string} unit @param {number} small @param {string} smallUnit */
function pair(large, unit, small, smallUnit) {
  return small === 0 ? `${large}${unit}` : `${large}${unit} ${small}${smallUnit}`
}

/** @param {number} bytes */
export function formatBytes(bytes) {
  return `${(bytes / 1024 / 1024).toFixed(0)} MB`
}
