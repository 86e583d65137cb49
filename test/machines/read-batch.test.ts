// Frames of one read wait only for the end of that read.
import { describe, expect, it } from 'vitest'
import { createReadBatch } from '../../machines/read-batch.ts'

/** Resolves when everything due after the current step is done. */
const nextStep = () => new Promise<void>(resolve => setImmediate(resolve))

describe('a batch', () => {
  it('delivers what was added in one step after that step, in order', async () => {
    const delivered: number[] = []
    const batch = createReadBatch<number>(frame => void delivered.push(frame))
    for (const frame of [1, 2, 3]) batch.add(frame)
    expect(delivered).toEqual([])
    await nextStep()
    expect(delivered).toEqual([1, 2, 3])
  })

  it('delivers before a promise that was settled meanwhile, and before the next read', async () => {
    const order: string[] = []
    const batch = createReadBatch<string>(frame => void order.push(frame))
    setImmediate(() => {
      setImmediate(() => order.push('the next step'))
      void Promise.resolve().then(() => order.push('a promise'))
      batch.add('a frame')
    })
    await nextStep()
    await nextStep()
    expect(order).toEqual(['a frame', 'a promise', 'the next step'])
  })

  it('delivers at once on flush, and nothing twice', async () => {
    const delivered: number[] = []
    const batch = createReadBatch<number>(frame => void delivered.push(frame))
    batch.add(1)
    batch.flush()
    expect(delivered).toEqual([1])
    batch.add(2)
    await nextStep()
    expect(delivered).toEqual([1, 2])
  })

  it('delivers some of many at once, and the rest later', async () => {
    const delivered: number[] = []
    const batch = createReadBatch<number>(frame => void delivered.push(frame))
    const frames = Array.from({ length: 150 }, (_, i) => i)
    for (const frame of frames) batch.add(frame)
    expect(delivered.length).toBeGreaterThan(100)
    await nextStep()
    expect(delivered).toEqual(frames)
  })

  it('allows a consumer to flush and to add a frame', async () => {
    const delivered: number[] = []
    const batch = createReadBatch<number>(frame => {
      delivered.push(frame)
      batch.flush()
      if (frame === 1) batch.add(3)
    })
    batch.add(1)
    batch.add(2)
    await nextStep()
    expect(delivered).toEqual([1, 2, 3])
  })

  it('is settled once behind its frames, also when a consumer flushes, or closes in the middle', async () => {
    const order: (number | string)[] = []
    const batch = createReadBatch<number>(
      frame => {
        if (order.includes('closed')) return
        order.push(frame)
        batch.flush()
        if (frame === 4) order.push('closed')
      },
      () => order.push('settled'),
    )
    for (const frame of [1, 2]) batch.add(frame)
    await nextStep()
    for (const frame of [3, 4, 5]) batch.add(frame)
    await nextStep()
    batch.flush()
    await nextStep()
    expect(order).toEqual([1, 2, 'settled', 3, 4, 'closed', 'settled'])
  })
})
