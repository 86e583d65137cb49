// The candle chart of the chosen instrument, with pins where volume is missing and outages shaded. Times are
// Korean.
import {
  CandlestickSeries,
  createChart,
  createSeriesMarkers,
  CrosshairMode,
  HistogramSeries,
  TickMarkType,
} from '../library/lightweight-charts.mjs'
import { createCandles } from './candles.js'
import { byId, setAttribute } from '../dom.js'
import { decimalsOf, formatOnAxis, koreanClock, koreanTime } from '../format.js'
import { createChartMarks } from './chart-marks.js'
import { onSettings, settings } from '../settings.js'
import { say } from '../words.js'

/** @typedef {import('../../messages.ts').Chosen} Chosen */
/** @typedef {import('../../messages.ts').Watched} Watched */
/** @typedef {import('./candles.js').Candle} Candle */

/** Seconds, which the library marks as its own kind of number. @param {number} time */
const stamp = time => /** @type {import('lightweight-charts').UTCTimestamp} */ (time)

/** @param {string} name */
const colour = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim()

/**
 * Pixels a candle. The most is set as well: by default it is half the width, which is 0 until the chart is
 * laid out.
 */
const comfortable = 9

export function createCandleChart() {
  const place = byId('candles')
  const chart = createChart(place, {
    autoSize: true,
    crosshair: { mode: CrosshairMode.Normal },
    timeScale: { barSpacing: comfortable, minBarSpacing: 2, maxBarSpacing: 60 },
  })
  const shade = chart.addSeries(HistogramSeries, {
    priceScaleId: 'shade',
    lastValueVisible: false,
    priceLineVisible: false,
  })
  const volumes = chart.addSeries(HistogramSeries, {
    priceScaleId: 'volume',
    lastValueVisible: false,
    priceLineVisible: false,
  })
  const candles = chart.addSeries(CandlestickSeries, { borderVisible: true })
  chart.priceScale('shade').applyOptions({ scaleMargins: { top: 0, bottom: 0 }, visible: false })
  chart.priceScale('volume').applyOptions({ scaleMargins: { top: 0.84, bottom: 0 }, visible: false })
  const pins = createSeriesMarkers(candles, [])
  const marks = createChartMarks()
  const models = { 5: createCandles(5), 60: createCandles(60) }
  let instrument = ''
  let step = 0

  const model = () => models[settings.interval]

  /** @param {Candle} candle */
  function drawn({ time, open, high, low, close, isWhole }) {
    const faint = isWhole ? {} : faintOf(close >= open)
    const scaled = { open: open / unit(), high: high / unit(), low: low / unit(), close: close / unit() }
    return { time: stamp(time), ...scaled, ...faint }
  }

  /** @param {boolean} isUp */
  function faintOf(isUp) {
    const tone = `${colour(isUp ? '--up' : '--down')}66`
    return { color: tone, borderColor: tone, wickColor: tone }
  }

  /** @param {Candle} candle */
  const volumeOf = ({ time, volume, open, close }) => ({
    time: stamp(time),
    value: volume,
    color: `${colour(close >= open ? '--up' : '--down')}44`,
  })

  /** The axis shows prices that exist: steps as fine as those between the levels of the book. */
  function tick() {
    return step > 0 ? step : 1 / 10 ** decimalsOf(instrument)
  }

  /**
   * The library divides the axis by steps of 1 at most. Steps of 500 won are drawn as steps of 1, and written
   * as what they are.
   */
  const unit = () => Math.max(1, tick())

  function drawAll() {
    const all = model().all()
    const { outages, pins: pinned } = marks.on(instrument, settings.interval, all)
    const known = new Set(all.map(({ time }) => time))
    // An outage has no bars: empty ones keep its time on the axis.
    const empty = outages.filter(time => !known.has(time)).map(time => ({ time: stamp(time) }))
    const points = [...all.map(drawn), ...empty].toSorted((a, b) => a.time - b.time)
    candles.applyOptions({
      priceFormat: {
        type: 'custom',
        minMove: tick() / unit(),
        formatter: (/** @type {number} */ price) => formatOnAxis(instrument, price * unit()),
      },
    })
    candles.setData(points)
    volumes.setData(all.map(volumeOf))
    shade.setData(outages.map(time => ({ time: stamp(time), value: 1, color: `${colour('--warn-strong')}2e` })))
    pins.setMarkers(
      pinned.map(({ time, text, isRepair }) => ({
        time: stamp(time),
        text,
        position: isRepair ? 'belowBar' : 'aboveBar',
        shape: isRepair ? 'circle' : 'arrowDown',
        color: colour(isRepair ? '--accent' : '--warn-strong'),
      })),
    )
    marks.list(instrument)
  }

  /** @param {NonNullable<Watched['book']>} book */
  function learnStep({ bids, asks }) {
    const prices = [...bids, ...asks].flatMap(([price]) => price ?? []).toSorted((a, b) => a - b)
    const steps = prices.slice(1).flatMap((price, index) => (price > prices[index] ? [price - prices[index]] : []))
    const least = Number(Math.min(...steps).toFixed(4))
    if (!Number.isFinite(least) || least <= 0 || (step !== 0 && least >= step)) return
    step = least
    drawAll()
  }

  function paint() {
    const ink = colour('--dim')
    chart.applyOptions({
      layout: { background: { color: 'transparent' }, textColor: ink, fontFamily: colour('--sans'), fontSize: 11 },
      grid: { vertLines: { visible: false }, horzLines: { color: colour('--line') } },
      rightPriceScale: { borderVisible: false },
      timeScale: {
        borderVisible: false,
        timeVisible: true,
        secondsVisible: settings.interval < 60,
        rightOffset: 4,
        tickMarkFormatter: (/** @type {number} */ time, /** @type {TickMarkType} */ type) =>
          type === TickMarkType.TimeWithSeconds ? koreanTime(time * 1000) : koreanClock(time * 1000),
      },
      localization: { timeFormatter: (/** @type {number} */ time) => `${koreanTime(time * 1000)} KST` },
    })
    const [up, down] = [colour('--up'), colour('--down')]
    candles.applyOptions({
      upColor: up,
      borderUpColor: up,
      wickUpColor: up,
      downColor: down,
      borderDownColor: down,
      wickDownColor: down,
      priceLineColor: ink,
    })
    for (const button of byId('interval').children) {
      setAttribute(button, 'aria-checked', String(Number(button.getAttribute('data-interval')) === settings.interval))
    }
    drawAll()
  }

  onSettings(paint)
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', paint)

  return {
    marks,
    /** @param {Chosen} chosen */
    choose(chosen) {
      const isNew = chosen.instrument !== instrument
      if (isNew) step = 0
      instrument = chosen.instrument
      models[5].reset(chosen.seconds)
      models[60].reset(chosen.minutes)
      drawAll()
      if (!isNew) return
      chart.timeScale().applyOptions({ barSpacing: comfortable })
      chart.timeScale().scrollToRealTime()
    },
    /** @param {Watched} watched */
    watch(watched) {
      if (watched.instrument !== instrument) return
      /** @type {Map<number, Candle>} */
      const changed = new Map()
      for (const trade of watched.trades) {
        for (const length of /** @type {const} */ ([5, 60])) {
          const candle = models[length].trade(trade)
          if (candle !== undefined && length === settings.interval) changed.set(candle.time, candle)
        }
      }
      for (const bar of watched.bars) {
        for (const length of /** @type {const} */ ([5, 60])) {
          const candle = models[length].bar(bar)
          if (length === settings.interval) changed.set(candle.time, candle)
        }
      }
      for (const minute of watched.minutes) {
        const candle = models[60].minute(minute)
        if (settings.interval === 60) changed.set(candle.time, candle)
      }
      const newest = model().all().at(-1)?.time ?? 0
      const isOld = [...changed.keys()].some(time => time < newest)
      // The chart can change only its newest bar; for any other it gets everything.
      if (isOld) drawAll()
      else
        for (const candle of changed.values()) {
          candles.update(drawn(candle))
          volumes.update(volumeOf(candle))
        }
      if (watched.book !== null) learnStep(watched.book)
    },
    describe() {
      const price = byId('chosen-price').textContent ?? ''
      setAttribute(byId('candles'), 'aria-label', say('chart-about', { instrument, price }))
    },
    /** @param {import('../../messages.ts').MarksMessage} message */
    showMarks({ marks: all }) {
      marks.set(all)
      drawAll()
    },
    redraw: drawAll,
  }
}
