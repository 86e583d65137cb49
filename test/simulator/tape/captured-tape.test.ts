import { describe, expect, it } from 'vitest'
import { type Clock, systemClock } from '../../../market/clock.ts'
import { capturedTape, type Tape } from '../../../simulator/tape/tape.ts'
import { captured, connect, handClock, keeper, simulator, stopAfterwards, until } from '../support.ts'

const trades = captured('H0STCNT0.txt')
const samsung = trades.filter(line => line.split('|')[3]?.startsWith('005930^'))
const hynix = trades.filter(line => line.split('|')[3]?.startsWith('000660^'))

/** A tape on its own, without a server. */
function started(tape: Tape, clock: Clock = handClock()): Tape {
  tape.start({ clock, log: () => {} })
  return stopAfterwards(tape)
}

describe('a captured tape behind a simulator', () => {
  it('reaches a client byte for byte, in file order, after the acknowledgement', async () => {
    const lines = [...trades, ...captured('H0STASP0.txt'), ...captured('HDFSCNT0.txt')]
    const kis = await simulator({ tape: capturedTape(lines) })
    const client = await connect(kis)
    await client.subscribe('H0STCNT0', '005930')
    const frames = await client.received(text => text.startsWith('0|'), samsung.length)
    expect(frames).toEqual(samsung)
    expect(client.texts[0]).toContain('SUBSCRIBE SUCCESS')
    await until(() => kis.stats().tape.ended)
    expect(kis.stats().tape).toMatchObject({ frames: samsung.length, skippedLines: 0 })
  })

  it('delivers Korean text, trailing carets and overseas keys as they are', async () => {
    const lines = [...captured('H0STMBC0.txt'), ...captured('HDFSCNT0.txt'), ...captured('HDFSASP0.txt')]
    const kis = await simulator({ tape: capturedTape(lines) })
    const client = await connect(kis)
    const keys = new Set(lines.map(line => `${line.slice(2, 10)} ${line.split('|')[3]?.split('^')[0]}`))
    for (const key of keys) await client.subscribe(...(key.split(' ') as [string, string]))
    const frames = await client.received(text => text.startsWith('0|'), lines.length)
    expect([...frames].sort()).toEqual([...lines].sort())
  })

  it('stops sending what was released', async () => {
    const kis = await simulator({ tape: capturedTape(trades, { rate: 200, loop: true }) })
    const client = await connect(kis)
    await client.subscribe('H0STCNT0', '005930')
    await client.received(text => text.startsWith('0|'), 3)
    const confirmed = await client.unsubscribe('H0STCNT0', '005930')
    await client.subscribe('H0STCNT0', '000660')
    await client.received(text => text.includes('|000660^'), 3)
    expect(client.texts.slice(client.texts.indexOf(confirmed)).some(text => text.includes('|005930^'))).toBe(false)
  })
})

describe('a captured tape', () => {
  it('gives a key that is asked for later all of its frames too', async () => {
    const tape = started(capturedTape(trades))
    const first = keeper('H0STCNT0', '005930')
    tape.add(first)
    await until(() => tape.stats().ended)
    const later = keeper('H0STCNT0', '000660')
    tape.add(later)
    await until(() => tape.stats().ended)
    expect(first.frames).toEqual(samsung)
    expect(later.frames).toEqual(hynix)
  })

  it('keeps the order of the file across keys', async () => {
    const tape = started(capturedTape(trades))
    const received: string[] = []
    for (const key of ['000660', '005930']) tape.add({ tr: 'H0STCNT0', key, emit: frame => received.push(frame) > 0 })
    await until(() => tape.stats().ended)
    expect(received).toEqual(trades.filter(line => samsung.includes(line) || hynix.includes(line)))
  })

  it('goes on where it was when a key is released and asked for again', async () => {
    const clock = handClock()
    const tape = started(capturedTape(trades, { rate: 1 }), clock)
    const before = keeper('H0STCNT0', '005930')
    tape.add(before)
    clock.advance(2_000)
    await until(() => before.frames.length === 2)
    tape.remove(before)
    const after = keeper('H0STCNT0', '005930')
    tape.add(after)
    clock.advance(2_000)
    await until(() => after.frames.length === 2)
    expect([...before.frames, ...after.frames]).toEqual(samsung.slice(0, 4))
  })

  it('starts over for a newcomer when it has ended and everybody has gone', async () => {
    const tape = started(capturedTape(trades))
    const first = keeper('H0STCNT0', '005930')
    tape.add(first)
    await until(() => tape.stats().ended)
    tape.remove(first)
    const second = keeper('H0STCNT0', '005930')
    tape.add(second)
    await until(() => tape.stats().ended)
    expect(second.frames).toEqual(samsung)
  })

  it('plays again and again with `loop`', async () => {
    const tape = started(capturedTape(samsung, { loop: true, rate: 1_000 }), systemClock)
    const listener = keeper('H0STCNT0', '005930')
    tape.add(listener)
    await until(() => listener.frames.length > 2 * samsung.length)
    expect(listener.frames.slice(samsung.length, 2 * samsung.length)).toEqual(samsung)
    expect(tape.stats().ended).toBe(false)
  })

  it('sends as many frames as the clock says are due', async () => {
    const clock = handClock()
    const tape = started(
      capturedTape(
        Array.from({ length: 500 }, () => samsung[0] ?? ''),
        { rate: 50 },
      ),
      clock,
    )
    const listener = keeper('H0STCNT0', '005930')
    tape.add(listener)
    clock.advance(1_000)
    await until(() => listener.frames.length >= 50)
    clock.advance(3_000)
    await until(() => listener.frames.length >= 200)
    expect(listener.frames).toHaveLength(200)
  })

  it('without a rate waits for a listener that is congested', async () => {
    const tape = started(capturedTape(samsung))
    let room = false
    const listener = keeper('H0STCNT0', '005930', () => room)
    tape.add(listener)
    await until(() => listener.frames.length >= 2)
    expect(listener.frames.length).toBeLessThan(samsung.length)
    room = true
    await until(() => tape.stats().ended)
    expect(listener.frames).toEqual(samsung)
  })

  it('skips control messages, notices and junk, and says how many', () => {
    const junk = [...captured('control.txt'), '', 'hello', '0|H0STCNT0|', '1|H0STCNI0|001|bm90aWNl', '\u0000']
    expect(capturedTape([...junk, ...trades]).stats().skippedLines).toBe(8)
  })

  it('sends damaged frames whose envelope is whole, since that is what KIS sent', async () => {
    const tape = started(capturedTape(captured('H0STCNT0.damaged.txt')))
    const [cutOff = ''] = captured('H0STCNT0.damaged.txt')
    const listener = keeper('H0STCNT0', cutOff.split('|')[3]?.split('^')[0] ?? '')
    tape.add(listener)
    await until(() => tape.stats().ended)
    expect(listener.frames).toContain(cutOff)
  })

  it('is indifferent to a key it has nothing for', () => {
    const tape = started(capturedTape(trades))
    const stranger = keeper('H0STCNT0', '035420')
    tape.add(stranger)
    tape.remove(stranger)
    expect(stranger.frames).toEqual([])
  })

  it('takes no rate of nothing', () => {
    expect(() => capturedTape([], { rate: 0 })).toThrow('rate 0')
    expect(() => capturedTape([], { rate: Number.NaN })).toThrow('rate NaN')
  })
})
