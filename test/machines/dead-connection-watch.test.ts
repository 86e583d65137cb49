import { describe, expect, it } from 'vitest'
import { createDeadConnectionWatch } from '../../machines/dead-connection-watch.ts'

const seconds = 1_000
const address = 'ws://one'

/** A connection that is looked at once a second. */
function connection(watch = createDeadConnectionWatch(150 * seconds), at = address) {
  const pulse = watch.of(at)
  const dead: number[] = []
  let now = 0
  let received = 0
  return {
    dead,
    /** So many seconds pass, with a PINGPONG at the end of each `everySeconds`, if given. */
    pass(time: number, everySeconds = Number.POSITIVE_INFINITY) {
      for (let second = 1; second <= time; second++) {
        now += seconds
        if (second % everySeconds === 0) {
          received += 100
          pulse.beat(now)
        }
        this.look()
      }
    },
    look() {
      const quietMs = pulse.look(now, received)
      if (quietMs !== undefined) dead.push(quietMs / seconds)
    },
    data: () => (received += 1_000),
    step: (time: number) => (now += time * seconds),
    beat: () => pulse.beat(now),
  }
}

describe('a connection without a byte', () => {
  it('is dead when nothing has come for 150 s after PINGPONG every 110 s', () => {
    const link = connection()
    link.pass(440, 110)
    link.pass(149)
    expect(link.dead).toEqual([])
    link.pass(1)
    expect(link.dead).toEqual([150])
  })

  it('is reported again only after as much time again', () => {
    const link = connection()
    link.pass(220, 110)
    link.pass(449)
    expect(link.dead).toEqual([150, 150])
  })

  it('is given more time where the server is slower', () => {
    const link = connection()
    link.pass(600, 300)
    link.pass(399)
    expect(link.dead).toEqual([])
    link.pass(1)
    expect(link.dead).toEqual([400])
  })

  it('is alive as long as any byte comes', () => {
    const link = connection()
    link.pass(220, 110)
    for (let minute = 0; minute < 60; minute++) {
      link.data()
      link.pass(60)
    }
    expect(link.dead).toEqual([])
  })
})

describe('a server that sends PINGPONG only while nothing else comes', () => {
  function dataFor(link: ReturnType<typeof connection>, minutes: number) {
    for (let second = 0; second < minutes * 60; second++) {
      link.data()
      link.pass(1)
    }
  }

  it('does not learn its period from a day of data: a dead connection is found as fast as before', () => {
    const link = connection()
    link.pass(48, 12)
    dataFor(link, 390)
    link.pass(12, 12)
    expect(link.dead).toEqual([])
    link.pass(150)
    expect(link.dead).toEqual([150])
  })

  it('learns its period from two in a row as soon as there are two', () => {
    const link = connection()
    link.pass(12, 12)
    dataFor(link, 390)
    link.pass(12, 12)
    // So far they are 390 minutes apart, which does not prove it dead.
    link.pass(600)
    expect(link.dead).toEqual([])
    link.data()
    link.pass(24, 12)
    link.pass(150)
    expect(link.dead).toEqual([150])
  })

  it('is still given more time where it is slow, and data came between all of them', () => {
    const link = connection()
    for (let beats = 0; beats < 3; beats++) {
      dataFor(link, 5)
      link.beat()
    }
    link.pass(399)
    expect(link.dead).toEqual([])
    link.pass(1)
    expect(link.dead).toEqual([400])
  })
})

describe('no connection is dead while its period is unknown', () => {
  it('a server that never sends PINGPONG, or sent one so far', () => {
    const never = connection()
    never.pass(3_600)
    const once = connection()
    once.pass(110, 110)
    once.pass(3_600)
    expect([never.dead, once.dead]).toEqual([[], []])
  })

  it('the period of another address', () => {
    const watch = createDeadConnectionWatch(150 * seconds)
    connection(watch).pass(220, 110)
    const other = connection(watch, 'ws://two')
    other.pass(3_600)
    expect(other.dead).toEqual([])
    const same = connection(watch)
    same.pass(200)
    expect(same.dead).toEqual([150])
  })

  it.each([
    ['forward by an hour', 3_600],
    ['back by ten minutes', -600],
  ])('a clock that is set %s, or a machine that slept', (_, step) => {
    const link = connection()
    link.pass(220, 110)
    link.pass(100)
    link.step(step)
    link.pass(149)
    expect(link.dead).toEqual([])
    link.pass(2)
    expect(link.dead).toEqual([150])
  })

  it('a PINGPONG after a sleep does not show the period', () => {
    const link = connection()
    link.pass(220, 110)
    link.step(3_600)
    link.look()
    link.beat()
    link.pass(150)
    expect(link.dead).toEqual([150])
  })
})
