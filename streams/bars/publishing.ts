// The end of a bar: it is published, it waits for its missing volume, or it is forgotten.
import type { Bar } from '../../market/events.ts'
import type { MissingRange } from './cut.ts'
import type { BarState, ForgetReason, OpenBar } from './state.ts'

export type ForgottenBar = Pick<Bar, 'instrument' | 'startTime' | 'endTime' | 'volume' | 'tradeCount'>

export type Publishing = {
  /** Takes an ended bar. */
  release(state: BarState, bar: OpenBar): void
  /** Publishes the waiting bars without missing volume, in order. */
  publishComplete(state: BarState): void
  /** Reports the content of the bar, once. */
  forget(state: BarState, bar: OpenBar, reason: ForgetReason): void
  /** The bars that the range reaches into will not be completed. */
  giveUp(state: BarState, range: MissingRange, reason: ForgetReason): void
  /** This instrument has ended. */
  finish(state: BarState): void
}

export function createPublishing(
  emit: (bar: Bar) => void,
  onCut: ((bar: ForgottenBar) => void) | undefined,
  onForgotten: ((bar: ForgottenBar, reason: ForgetReason) => void) | undefined,
): Publishing {
  return { release, publishComplete, forget, giveUp, finish }

  function release(state: BarState, bar: OpenBar): void {
    if (bar.flaw !== undefined) return forget(state, bar, bar.flaw)
    if (!bar.isCut) return publish(state, bar)
    state.cut.hold(bar)
    if (state.cut.isCut(bar.startTime)) onCut?.(summaryOf(state, bar))
    publishComplete(state)
  }

  function publishComplete(state: BarState): void {
    for (let bar = nextOf(state); bar !== undefined; bar = nextOf(state)) publish(state, bar)
  }

  function nextOf(state: BarState): OpenBar | undefined {
    for (;;) {
      const complete = state.cut.takeComplete()
      if (complete !== undefined) return complete
      const surplus = state.cut.takeSurplus()
      if (surplus === undefined) return undefined
      forget(state, surplus, 'unrepaired')
    }
  }

  function publish(state: BarState, bar: OpenBar): void {
    const { startTime, endTime, open, high, low, close, volume, tradeCount, isCut } = bar
    const { instrument } = state
    const isNews = tradeCount > bar.publishedCount
    bar.publishedCount = tradeCount
    state.cut.remember(bar)
    if (state.bar === undefined) state.closedUntil = Math.max(state.closedUntil, endTime)
    if (!isNews) return
    const figures = { startTime, endTime, open, high, low, close, volume, tradeCount }
    emit({ type: 'bar', instrument, ...figures, ...(isCut ? { isRepaired: true } : {}) })
  }

  function forget(state: BarState, bar: OpenBar, reason: ForgetReason): void {
    if (bar.tradeCount === bar.forgottenCount) return
    const forgotten = summaryOf(state, bar)
    bar.forgottenVolume = bar.volume
    bar.forgottenCount = bar.tradeCount
    onForgotten?.(forgotten, reason)
  }

  function giveUp(state: BarState, { firstStart, lastStart }: MissingRange, reason: ForgetReason): void {
    const { bar } = state
    if (bar !== undefined && firstStart <= bar.startTime && bar.startTime <= lastStart) bar.flaw ??= reason
    for (const over of state.cut.takeIn(firstStart, lastStart, 'all')) forget(state, over, reason)
  }

  function finish(state: BarState): void {
    const { bar } = state
    state.bar = undefined
    if (bar !== undefined) forget(state, bar, 'completed')
    for (const waiting of state.cut.takeIn(-Infinity, Infinity, 'waiting')) {
      if (state.cut.isCut(waiting.startTime)) forget(state, waiting, 'gap')
      else publish(state, waiting)
    }
  }

  function summaryOf({ instrument }: BarState, bar: OpenBar): ForgottenBar {
    const { startTime, endTime } = bar
    const volume = bar.volume - bar.forgottenVolume
    return { instrument, startTime, endTime, volume, tradeCount: bar.tradeCount - bar.forgottenCount }
  }
}
