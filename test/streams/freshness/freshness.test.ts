import { describe, expect, it } from 'vitest'
import type { MarketEvent } from '../../../market/events.ts'
import type { Instrument } from '../../../market/instrument.ts'
import { type FreshnessOptions, watchFreshness } from '../../../streams/freshness/freshness.ts'

const samsung: Instrument = 'KRX:005930'
const hynix: Instrument = 'KRX:000660'

const seconds = 1_000

function rig(options: Partial<FreshnessOptions> = {}) {
  const watch = watchFreshness({
    sessionOf: () => 'regular',
    adoptionMs: 30 * seconds,
    quietMs: 30 * seconds,
    silenceMs: 120 * seconds,
    stableMs: 10 * seconds,
    ...options,
  })
  const said: string[] = []
  const describeChange = (change: ReturnType<typeof watch.look>[number]) =>
    'key' in change ? `${change.type} ${change.key}` : `${change.type} ${change.market}`
  return {
    watch,
    said,
    subscription: (
      instrument: Instrument,
      status: 'active' | 'adopted' | 'wanted' | 'refused',
      time: number,
      channel = 'trade',
    ) => watch.note({ type: 'subscription', line: '1', instrument, channel, status, receivedTime: time }),
    data: (instrument: Instrument, time: number, type: 'trade' | 'order-book' = 'trade') =>
      watch.note({ type, instrument, receivedTime: time } as MarketEvent),
    /** Looks once a second from the last look on, with data for the instruments in `flowing`. */
    run(from: number, to: number, flowing: readonly Instrument[], everyMs = seconds) {
      for (let time = from; time < to; time += seconds) {
        for (const instrument of flowing) if (time % everyMs === 0) this.data(instrument, time)
        said.push(...watch.look(time).map(describeChange))
      }
    },
  }
}

describe('freshness', () => {
  it('says when data begins to flow, and that the line has proven itself', () => {
    const r = rig()
    r.subscription(samsung, 'active', 0)
    expect(r.watch.of(`${samsung} trade`)).toMatchObject({ flowingSince: undefined })
    r.run(seconds, 30 * seconds, [samsung])
    expect(r.said).toEqual([`flowing ${samsung} trade`, 'proven KR'])
    expect(r.watch.of(`${samsung} trade`)).toEqual({
      flowingSince: seconds,
      lastData: 29 * seconds,
      isStale: false,
      isHalted: false,
    })
  })

  it('says once that data flows of a subscription that KIS refuses: its own word changes nothing', () => {
    const r = rig()
    r.subscription(samsung, 'refused', 0)
    r.data(samsung, seconds)
    expect(r.watch.look(2 * seconds)).toEqual([{ type: 'flowing', key: `${samsung} trade` }])
    const say = {
      type: 'subscription',
      line: '1',
      instrument: samsung,
      channel: 'trade',
      status: 'refused',
      flow: 'flowing',
    } as const
    r.watch.note({ ...say, receivedTime: 2 * seconds })
    r.data(samsung, 3 * seconds)
    expect(r.watch.look(4 * seconds)).toEqual([])
    // Refused once more, it begins anew.
    r.subscription(samsung, 'refused', 5 * seconds)
    r.data(samsung, 6 * seconds)
    expect(r.watch.look(7 * seconds)).toHaveLength(1)
  })

  it('finds the one mute key among live ones, and says so again after longer and longer', () => {
    const r = rig()
    for (const instrument of [samsung, hynix]) r.subscription(instrument, 'active', 0)
    r.run(0, 61 * seconds, [samsung, hynix])
    r.said.splice(0)
    r.run(61 * seconds, 601 * seconds, [samsung])
    expect(r.said).toEqual([
      `stale ${hynix} trade`,
      `mute ${hynix} trade`,
      `mute ${hynix} trade`,
      `mute ${hynix} trade`,
      `mute ${hynix} trade`,
      `mute ${hynix} trade`,
    ])
    r.data(hynix, 601 * seconds)
    r.run(601 * seconds, 603 * seconds, [samsung])
    expect(r.said.at(-1)).toBe(`flowing ${hynix} trade`)
  })

  it('does not call a thin name stale', () => {
    const r = rig()
    for (const instrument of [samsung, hynix]) r.subscription(instrument, 'active', 0)
    r.run(0, 600 * seconds, [samsung])
    expect(r.said.filter(text => text.includes(hynix))).toEqual([])
  })

  it('leaves a name alone whose book flows while its trades do not', () => {
    const r = rig()
    r.subscription(samsung, 'active', 0)
    r.subscription(samsung, 'active', 0, 'order-book')
    r.run(0, 60 * seconds, [samsung])
    for (let time = 60; time < 600; time++) {
      r.data(samsung, time * seconds, 'order-book')
      r.run(time * seconds, (time + 1) * seconds, [])
    }
    expect(r.said.filter(text => /stale|mute|silence/.test(text))).toEqual([])
  })

  it('leaves a book alone that stands still while its trades flow', () => {
    const r = rig()
    r.subscription(samsung, 'active', 0)
    r.subscription(samsung, 'active', 0, 'order-book')
    for (let time = 0; time < 120; time++) {
      r.data(samsung, time * seconds, 'order-book')
      r.run(time * seconds, (time + 1) * seconds, [samsung])
    }
    r.run(120 * seconds, 600 * seconds, [samsung])
    expect(r.said.filter(text => /stale|mute|silence/.test(text))).toEqual([])
    r.run(600 * seconds, 700 * seconds, [])
    expect(r.said.filter(text => text.startsWith('stale'))).toHaveLength(2)
  })

  it('expects nothing while the market is closed, and starts afresh when it opens', () => {
    let session: string | undefined = 'regular'
    const r = rig({ sessionOf: () => session })
    r.subscription(samsung, 'active', 0)
    r.run(0, 60 * seconds, [samsung])
    session = undefined
    r.run(60 * seconds, 4_000 * seconds, [])
    session = 'after-market'
    r.run(4_000 * seconds, 4_300 * seconds, [])
    expect(r.said.filter(text => /stale|mute|silence/.test(text))).toEqual([])
  })

  it.each(['a trade that says so', 'a notice'])(
    'does not call a name stale that %s halts, and does so once it trades again',
    how => {
      const r = rig()
      for (const instrument of [samsung, hynix]) r.subscription(instrument, 'active', 0)
      r.run(0, 60 * seconds, [samsung, hynix])
      if (how === 'a notice') r.watch.noteHalt(hynix, true, 60 * seconds)
      else r.watch.note({ type: 'trade', instrument: hynix, isHalted: true, receivedTime: 60 * seconds } as MarketEvent)
      expect(r.watch.of(`${hynix} trade`)).toMatchObject({ isHalted: true })
      r.run(60 * seconds, 1_200 * seconds, [samsung])
      expect(r.said.filter(text => /stale|mute|silence/.test(text))).toEqual([])

      r.run(1_200 * seconds, 1_260 * seconds, [samsung, hynix])
      expect(r.watch.of(`${hynix} trade`)).toMatchObject({ isHalted: false })
      r.run(1_260 * seconds, 1_310 * seconds, [samsung])
      expect(r.said.filter(text => /stale|mute/.test(text))).toEqual([`stale ${hynix} trade`, `mute ${hynix} trade`])
    },
  )

  it('does not call a market silent of which every name is halted', () => {
    const r = rig()
    r.subscription(samsung, 'active', 0)
    r.run(0, 60 * seconds, [samsung])
    r.watch.noteHalt(samsung, true, 60 * seconds)
    r.run(60 * seconds, 900 * seconds, [])
    expect(r.said.filter(text => /stale|mute|silence/.test(text))).toEqual([])
  })

  it('calls a whole market silent, not each of its keys mute', () => {
    const r = rig()
    for (const instrument of [samsung, hynix]) r.subscription(instrument, 'active', 0)
    r.run(0, 60 * seconds, [samsung, hynix])
    r.said.splice(0)
    r.run(60 * seconds, 190 * seconds, [])
    expect(r.said.filter(text => /silence|mute/.test(text))).toEqual(['silence KR'])
  })

  it('takes a key that KIS says it already has for a ghost when nothing comes of it', () => {
    const r = rig()
    r.subscription(samsung, 'active', 0)
    r.subscription(hynix, 'adopted', 0)
    r.run(0, 35 * seconds, [samsung])
    expect(r.said).toContain(`mute ${hynix} trade`)
  })

  it('says once that an adopted key flows, however much came before the look', () => {
    const r = rig()
    r.subscription(samsung, 'adopted', 0)
    for (let time = 1; time <= 20; time++) r.data(samsung, time)
    r.run(seconds, 2 * seconds, [])
    expect(r.said).toEqual([`flowing ${samsung} trade`])
  })

  it('does not take what the last session sent for a sign of life in this one', () => {
    const r = rig({ stableMs: 100 })
    r.subscription(samsung, 'active', 0)
    for (let time = 0; time <= 500; time += 100) r.data(samsung, time)
    r.watch.note({ type: 'disconnect', line: '1', market: 'KR', reason: 'cut', receivedTime: 600 })
    r.subscription(samsung, 'wanted', 600)
    r.subscription(samsung, 'adopted', 900)
    r.run(seconds, 2 * seconds, [])
    expect(r.said).toEqual([])
  })

  it.each([
    ['forward by an hour', 3_600],
    ['back by ten minutes', -600],
  ])('takes a clock that steps %s for no silence, and learns nothing from it', (_, step) => {
    const r = rig()
    for (const instrument of [samsung, hynix]) r.subscription(instrument, 'active', 0)
    r.run(1_000 * seconds, 1_060 * seconds, [samsung, hynix])
    r.said.splice(0)
    const stepped = (1_060 + step) * seconds
    r.run(stepped, stepped + 300 * seconds, [samsung, hynix])
    expect(r.said).toEqual([])
    r.run(stepped + 300 * seconds, stepped + 500 * seconds, [samsung])
    expect(r.said).toContain(`mute ${hynix} trade`)
  })

  it('notices a line that did not survive a sleep, in the usual time after waking', () => {
    const r = rig()
    r.subscription(samsung, 'active', 0)
    r.run(0, 61 * seconds, [samsung])
    r.run(3_000 * seconds, 3_119 * seconds, [])
    expect(r.said.filter(text => text.startsWith('silence'))).toEqual([])
    r.run(3_119 * seconds, 3_122 * seconds, [])
    expect(r.said.filter(text => text.startsWith('silence'))).toEqual(['silence KR'])
  })

  it('never takes a heartbeat for life', () => {
    const r = rig()
    r.subscription(samsung, 'active', 0)
    r.run(0, 61 * seconds, [samsung])
    for (let time = 61; time < 200; time++) {
      r.watch.note({ type: 'heartbeat', serverTime: time, receivedTime: time * seconds })
      r.run(time * seconds, (time + 1) * seconds, [])
    }
    expect(r.said).toContain('silence KR')
  })

  it('raises no false alarm in a quiet hour of forty names, thin ones among them', () => {
    const r = rig()
    const names = Array.from({ length: 40 }, (_, index): Instrument => `KRX:${String(index).padStart(6, '0')}`)
    let seed = 7
    const random = () => {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) | 0
      return (seed >>> 0) / 2 ** 32
    }
    const next = new Map(names.map(name => [name, 0]))
    const meanOf = (name: Instrument) => (1 + (Number(name.slice(4)) % 20) * 10) * seconds
    for (const name of names) r.subscription(name, 'active', 0)
    for (let time = 0; time < 3_600 * seconds; time += seconds) {
      for (const name of names) {
        if ((next.get(name) as number) > time) continue
        r.data(name, time)
        next.set(name, time - Math.log(1 - random()) * meanOf(name))
      }
      r.run(time, time + seconds, [])
    }
    expect(r.said.filter(text => /stale|mute|silence/.test(text))).toEqual([])
  })
})
