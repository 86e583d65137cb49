import { describe, expect, it } from 'vitest'
import { createPulses } from '../../machines/dead-connection-watch.ts'

const seconds = 1_000
const address = 'ws://one'

/** A connection that is looked at once a second. */
function connection(pulses = createPulses(150 * seconds), at = address) {
  const pulse = pulses.of(at)
  const dead: number[] = []
  let now = 0
  let received = 0
  return {
    dead,
    /** Lets so many seconds pass, the server's PINGPONG coming at the end of each `everySeconds`, if at all. */
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

describe('a line without a pulse', () => {
  it('is dead when nothing has come for 150 s after PINGPONG every 110 s', () => {
    const line = connection()
    line.pass(440, 110)
    line.pass(149)
    expect(line.dead).toEqual([])
    line.pass(1)
    expect(line.dead).toEqual([150])
  })

  it('is said to be so again only when as much time has passed again', () => {
    const line = connection()
    line.pass(220, 110)
    line.pass(449)
    expect(line.dead).toEqual([150, 150])
  })

  it('is given more time where the server is slower', () => {
    const line = connection()
    line.pass(600, 300)
    line.pass(399)
    expect(line.dead).toEqual([])
    line.pass(1)
    expect(line.dead).toEqual([400])
  })

  it('is alive as long as anything comes, PINGPONG or not', () => {
    const line = connection()
    line.pass(220, 110)
    for (let minute = 0; minute < 60; minute++) {
      line.data()
      line.pass(60)
    }
    expect(line.dead).toEqual([])
  })
})

describe('a server that sends PINGPONG only while nothing else comes', () => {
  function dataFor(line: ReturnType<typeof connection>, minutes: number) {
    for (let second = 0; second < minutes * 60; second++) {
      line.data()
      line.pass(1)
    }
  }

  it('has not the period of a day of data: a dead line is found as soon as ever', () => {
    const line = connection()
    line.pass(48, 12)
    dataFor(line, 390)
    line.pass(12, 12)
    expect(line.dead).toEqual([])
    line.pass(150)
    expect(line.dead).toEqual([150])
  })

  it('is judged by two in a row as soon as there are such', () => {
    const line = connection()
    line.pass(12, 12)
    dataFor(line, 390)
    line.pass(12, 12)
    // So far, they are 390 minutes apart: too little is known to call it dead.
    line.pass(600)
    expect(line.dead).toEqual([])
    line.data()
    line.pass(24, 12)
    line.pass(150)
    expect(line.dead).toEqual([150])
  })

  it('is still given more time where it is slow, and data came between all of them', () => {
    const line = connection()
    for (let beats = 0; beats < 3; beats++) {
      dataFor(line, 5)
      line.beat()
    }
    line.pass(399)
    expect(line.dead).toEqual([])
    line.pass(1)
    expect(line.dead).toEqual([400])
  })
})

describe('what is not known kills nobody', () => {
  it('a server that never sends PINGPONG, or sent one so far', () => {
    const never = connection()
    never.pass(3_600)
    const once = connection()
    once.pass(110, 110)
    once.pass(3_600)
    expect([never.dead, once.dead]).toEqual([[], []])
  })

  it('the period of another address', () => {
    const pulses = createPulses(150 * seconds)
    connection(pulses).pass(220, 110)
    const other = connection(pulses, 'ws://two')
    other.pass(3_600)
    expect(other.dead).toEqual([])
    const same = connection(pulses)
    same.pass(200)
    expect(same.dead).toEqual([150])
  })

  it.each([
    ['forward by an hour', 3_600],
    ['back by ten minutes', -600],
  ])('a clock that is set %s, or a machine that slept', (_, step) => {
    const line = connection()
    line.pass(220, 110)
    line.pass(100)
    line.step(step)
    line.pass(149)
    expect(line.dead).toEqual([])
    line.pass(2)
    expect(line.dead).toEqual([150])
  })

  it('a PINGPONG behind a sleep: it says nothing of how often they come', () => {
    const line = connection()
    line.pass(220, 110)
    line.step(3_600)
    line.look()
    line.beat()
    line.pass(150)
    expect(line.dead).toEqual([150])
  })
})
