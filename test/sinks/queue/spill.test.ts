import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Dropped, MarketEvent } from '../../../market/events.ts'
import { openSpillFile } from '../../../sinks/queue/spill-file.ts'
import { type SpillOptions, spillingQueue } from '../../../sinks/queue/spill.ts'
import { trade } from '../../streams/samples.ts'

let folder = ''
const leaving: (() => Promise<void>)[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'spilling-queue-'))
})
afterEach(async () => {
  for (const leave of leaving.splice(0)) await leave() // a file that is being made must not meet its folder being deleted
  rmSync(folder, { recursive: true, force: true })
})

/** A ring of 1 KiB and its figures; eight trades fit. */
const pieceBytes = 1_024
const ringBytes = pieceBytes + 256

/** A spill file that says when everything has arrived. */
function watchedFile(open = openSpillFile) {
  let writes: Promise<unknown>[] = []
  const openFile: typeof openSpillFile = (...of) => {
    const file = open(...of)
    return {
      ...file,
      write(place, piece) {
        const written = file.write(place, piece)
        writes.push(written)
        return written
      },
    }
  }
  return {
    openFile,
    async arrived(): Promise<void> {
      const sent = writes
      writes = []
      await Promise.allSettled(sent)
    },
  }
}

function open(options: Partial<SpillOptions> = {}) {
  const errors: unknown[] = []
  const { openFile, arrived } = watchedFile(options.openFile)
  let wake = () => {}
  let waits = 0
  const queue = spillingQueue(
    { limit: 2, mostBytes: 100 * ringBytes, folder, pieceBytes, mostOnTheirWay: 1_000, ...options, openFile },
    () => wake(),
    error => errors.push(error),
  )
  let offered = 0
  // Every queue is closed by its test: garbage collection does not close its file.
  leaving.push(async () => {
    queue.clear()
    await arrived()
  })

  /** Waits for the disk if need be; undefined when nothing is left. */
  async function next(): Promise<MarketEvent | Dropped | undefined> {
    const ready = new Promise<void>(resolve => {
      wake = resolve
    })
    const event = queue.take()
    if (event !== undefined || queue.isEmpty) return event
    waits++
    await ready
    return next()
  }

  return {
    queue,
    errors,
    arrived,
    get offered() {
      return offered
    },
    /** How often it had to wait for the disk to give something back. */
    get waits() {
      return waits
    },
    add(count: number): void {
      for (let i = 0; i < count; i++) queue.add(trade({ receivedTime: ++offered }))
    },
    next,
    async takeAll(): Promise<(MarketEvent | Dropped)[]> {
      const taken: (MarketEvent | Dropped)[] = []
      for (let event = await next(); event !== undefined; event = await next()) taken.push(event)
      return taken
    },
  }
}

/** Every event by the number it was given, receipts opened. */
function numbersOf(taken: readonly (MarketEvent | Dropped)[]): number[] {
  return taken.flatMap(event =>
    event.type === 'dropped'
      ? Array.from({ length: event.count }, (_, place) => event.from + place)
      : [event.receivedTime],
  )
}
const upTo = (count: number) => Array.from({ length: count }, (_, place) => place + 1)
const droppedIn = (taken: readonly (MarketEvent | Dropped)[]) =>
  taken.reduce((sum, event) => sum + (event.type === 'dropped' ? event.count : 0), 0)

describe('a spilling queue', () => {
  it('gives back what went to disk, equal and in order', async () => {
    const rig = open()
    rig.add(500)
    await rig.arrived()
    const taken = await rig.takeAll()
    expect(taken[400]).toEqual(trade({ receivedTime: 401 }))
    expect(numbersOf(taken)).toEqual(upTo(500))
    expect(droppedIn(taken)).toBe(0)
    expect(rig.waits).toBeGreaterThan(10)
    expect(rig.errors).toEqual([])
  })

  it('is as good as memory when little waits: no file is made', async () => {
    const rig = open()
    rig.add(6)
    expect(numbersOf(await rig.takeAll())).toEqual(upTo(6))
    expect(readdirSync(folder)).toEqual([])
  })

  it('keeps the order while it is emptied and filled at once', async () => {
    const rig = open()
    const taken: (MarketEvent | Dropped)[] = []
    for (let round = 0; round < 20; round++) {
      rig.add(30)
      await rig.arrived()
      for (let i = 0; i < 20; i++) {
        const next = rig.queue.take()
        if (next !== undefined) taken.push(next)
      }
    }
    taken.push(...(await rig.takeAll()))
    expect(numbersOf(taken)).toEqual(upTo(600))
    expect(droppedIn(taken)).toBe(0)
  })

  it('drops what comes when the disk is used up, reports it in its place, and goes on when there is room', async () => {
    const rig = open({ mostBytes: 3 * ringBytes })
    rig.add(100)
    await rig.arrived()
    const before = rig.offered
    const taken: (MarketEvent | Dropped)[] = []
    while (taken.length < 20) {
      const next = await rig.next()
      if (next !== undefined) taken.push(next)
    }
    rig.add(4)
    taken.push(...(await rig.takeAll()))
    expect(numbersOf(taken)).toEqual(upTo(before + 4))
    expect(droppedIn(taken)).toBeGreaterThan(50)
    expect(taken.at(-1)).toEqual(trade({ receivedTime: before + 4 }))
  })

  it('drops what comes while the disk is behind, and reports it in its place', async () => {
    const rig = open({ mostOnTheirWay: 1 })
    rig.add(100) // in one turn, in which nothing can arrive on a disk
    const taken = await rig.takeAll()
    expect(numbersOf(taken)).toEqual(upTo(100))
    expect(taken.filter(({ type }) => type === 'dropped')).toHaveLength(1)
    expect(droppedIn(taken)).toBeGreaterThan(70)
  })

  it('drops what is larger than a whole piece, and nothing else', async () => {
    const rig = open()
    rig.add(3)
    rig.queue.add({ type: 'malformed', reason: '', raw: 'x'.repeat(2_000), receivedTime: 4 })
    rig.queue.add(trade({ receivedTime: 5 }))
    expect((await rig.takeAll()).slice(3)).toEqual([
      { type: 'dropped', count: 1, from: 4, to: 4 },
      trade({ receivedTime: 5 }),
    ])
  })

  it('reports a disk that cannot be written, and counts what was meant for it', async () => {
    const rig = open({ folder: join(folder, 'no-such-folder') })
    rig.add(100)
    await rig.arrived()
    const taken = await rig.takeAll()
    expect(numbersOf(taken)).toEqual(upTo(100))
    expect(droppedIn(taken)).toBeGreaterThan(0)
    expect(rig.errors[0]).toMatchObject({ code: 'ENOENT' })
    // Piece after piece was lost, and what is lost in one go is one receipt.
    expect(taken.filter(({ type }) => type === 'dropped')).toHaveLength(1)
  })

  it('makes one receipt of pieces that cannot be read back, with the event behind it', async () => {
    let isBroken = false
    const openFile: typeof openSpillFile = (...of) => {
      const file = openSpillFile(...of)
      return { ...file, read: (...at) => (isBroken ? Promise.reject(new Error('EIO')) : file.read(...at)) }
    }
    const rig = open({ openFile })
    rig.add(100)
    await rig.arrived()
    isBroken = true
    const taken = await rig.takeAll()
    expect(numbersOf(taken)).toEqual(upTo(100))
    const receipts = taken.flatMap((event, place) => (event.type === 'dropped' ? [place] : []))
    expect(receipts).toHaveLength(1)
    expect(taken[(receipts[0] as number) + 1]?.type).toBe('trade')
    expect(rig.errors).toContainEqual(new Error('EIO'))
  })

  it('leaves nothing in the folder, while it is used or after', async () => {
    const rig = open()
    rig.add(200)
    await rig.arrived()
    expect(readdirSync(folder)).toEqual([])
    expect(rig.queue.clear()).toEqual([])
    expect(rig.queue.isEmpty).toBe(true)
  })

  it('accounts for every event, in order, whatever the pace', async () => {
    const step = fc.record({ adds: fc.nat(40), takes: fc.nat(40) })
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 6 }), fc.array(step, { maxLength: 12 }), async (places, steps) => {
        const rig = open({ mostBytes: places * ringBytes })
        const taken: (MarketEvent | Dropped)[] = []
        for (const { adds, takes } of steps) {
          rig.add(adds)
          for (let i = 0; i < takes; i++) {
            const event = await rig.next()
            if (event !== undefined) taken.push(event)
          }
        }
        taken.push(...(await rig.takeAll()))
        expect(numbersOf(taken)).toEqual(upTo(rig.offered))
        const lastEvent = taken.findLastIndex(({ type }) => type !== 'dropped')
        taken.forEach(({ type }, place) => {
          if (type === 'dropped' && place < lastEvent) expect(taken[place + 1]?.type).toBe('trade')
        })
      }),
      { numRuns: 60 },
    )
  })
})
