// Gaps, repairs and outages: pins and shades on the chart, and the same in words beneath it.
import { byId, keepChildren, make, setAttribute, setText } from '../dom.js'
import { formatDuration, formatNumber, koreanTime } from '../format.js'
import { say, sayCause } from '../words.js'

/** @typedef {import('../../chart-marks.ts').Mark} Mark */

/** Of a longer outage only this many candles are shaded. */
const mostShaded = 400
const mostListed = 4

/** @param {string} instrument */
const marketOf = instrument => (/^(KRX|NXT|UN):/.test(instrument) ? 'KR' : 'US')

/** On the chart there is room for `298K`; the whole number stands beneath it. */
const compact = new Intl.NumberFormat('en-US', { notation: 'compact', maximumSignificantDigits: 3 })

/** @param {'gap' | 'repair' | 'unknown'} kind @param {number} volume */
const pinText = (kind, volume) => (kind === 'unknown' ? '?' : `${kind === 'gap' ? '−' : '+'}${compact.format(volume)}`)

export function createChartMarks() {
  /** @type {readonly Mark[]} */
  let marks = []

  /** @param {string} instrument */
  const own = instrument =>
    marks.filter(mark =>
      mark.kind === 'outage' ? mark.market === marketOf(instrument) : mark.instrument === instrument,
    )

  return {
    /** @param {readonly Mark[]} all */
    set(all) {
      marks = all
    },
    /**
     * @param {string} instrument @param {number} seconds Length of a candle.
     * @param {readonly { time: number }[]} candles
     */
    on(instrument, seconds, candles) {
      const first = candles[0]?.time ?? Infinity
      const last = candles.at(-1)?.time ?? -Infinity
      /** @param {number} time */
      const bucketOf = time => Math.floor(time / 1000 / seconds) * seconds
      /** A mark hangs on a bar; without one at its time, on the next. @param {number} time */
      const barAt = time => candles.find(candle => candle.time >= bucketOf(time))?.time ?? last
      /** @type {Set<number>} */
      const outages = new Set()
      /** @type {Map<string, { time: number, volume: number, kind: 'gap' | 'repair' | 'unknown' }>} */
      const pins = new Map()
      for (const mark of own(instrument)) {
        if (mark.kind === 'outage') {
          const end = mark.to === null ? last : bucketOf(mark.to)
          for (let time = bucketOf(mark.from), n = 0; time <= end && n < mostShaded; time += seconds, n++) {
            if (time >= first) outages.add(time)
          }
        } else if (candles.length > 0 && bucketOf(mark.to) >= first) {
          const time = barAt(mark.to)
          const pin = pins.get(`${mark.kind} ${time}`) ?? { time, volume: 0, kind: mark.kind }
          pin.volume += mark.kind === 'unknown' ? 0 : mark.volume
          pins.set(`${mark.kind} ${time}`, pin)
        }
      }
      return {
        outages: [...outages].toSorted((a, b) => a - b),
        // One pin a bar, however much is missing in it.
        pins: [...pins.values()]
          .map(({ time, volume, kind }) => ({ time, text: pinText(kind, volume), isRepair: kind === 'repair' }))
          .toSorted((a, b) => a.time - b.time),
      }
    },
    /** @param {string} instrument */
    list(instrument) {
      const all = own(instrument)
      setText(byId('marks-summary'), summaryOf(all))
      keepChildren(
        byId('marks-list'),
        all
          // The sentence of a gap says what came back.
          .filter(({ kind }) => kind !== 'repair')
          .map((mark, index) => ({ mark, index }))
          .slice(-mostListed)
          .toReversed(),
        ({ mark, index }) => `${mark.kind} ${mark.from} ${index}`,
        ({ mark }) => make('li', { 'data-kind': mark.kind }),
        (element, { mark }) => {
          setText(element, `${koreanTime(mark.from)} ${sentenceOf(mark)}`)
          setAttribute(element, 'title', 'cause' in mark ? sayCause(mark.cause) : '')
        },
      )
    },
  }
}

/**
 * What is still missing: unknown, once REST has been asked.
 * @param {number} rest
 * @param {boolean} isJudged
 */
const restText = (rest, isJudged) =>
  rest === 0 ? say('gap-none-left') : say(isJudged ? 'gap-unknown' : 'gap-left', { volume: formatNumber(rest) })

/** @param {import('../../chart-marks.ts').GapMark} gap */
function outcomeOf({ volume, came, explained, isJudged }) {
  const rest = volume - came - explained
  if (!isJudged && rest === volume) return ''
  const parts = [
    ...(came > 0 ? [say('gap-came', { volume: formatNumber(came) })] : []),
    ...(explained > 0 ? [say('gap-explained', { volume: formatNumber(explained) })] : []),
    restText(rest, isJudged),
  ]
  return `: ${parts.join(', ')}`
}

/** @param {readonly Mark[]} marks */
function summaryOf(marks) {
  const gaps = marks.filter(({ kind }) => kind === 'gap')
  const outages = marks.filter(({ kind }) => kind === 'outage')
  if (gaps.length + outages.length === 0) return say('no-marks')
  /** @param {'volume' | 'came' | 'explained'} part */
  const sum = part => gaps.reduce((soFar, mark) => soFar + (mark.kind === 'gap' ? mark[part] : 0), 0)
  const [volume, came, rest] = [sum('volume'), sum('came'), sum('volume') - sum('came') - sum('explained')]
  return [
    ...(gaps.length > 0 ? [say('gaps-summary', { gaps: gaps.length, volume: formatNumber(volume) })] : []),
    ...(came > 0 ? [say('gap-came', { volume: formatNumber(came) })] : []),
    ...(gaps.length > 0 && rest < volume ? [restText(rest, false)] : []),
    ...(outages.length > 0 ? [say('outages-summary', { outages: outages.length })] : []),
  ].join(' · ')
}

/** @param {Mark} mark */
function sentenceOf(mark) {
  switch (mark.kind) {
    case 'gap':
      return `${say('gap-mark', { volume: formatNumber(mark.volume) })} (${sayCause(mark.cause)})${outcomeOf(mark)}`
    case 'repair':
      return say('repair-mark', { volume: formatNumber(mark.volume) })
    case 'unknown':
      return say('unknown-mark')
    case 'outage':
      return mark.to === null
        ? `${say('outage-now')} (${sayCause(mark.cause)})`
        : `${say('outage-mark', { time: formatDuration(mark.to - mark.from) })} (${sayCause(mark.cause)})`
  }
}
