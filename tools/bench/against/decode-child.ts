// A child that decodes captured frames with the decoder of one checkout, as long as it is asked to.
import { pathToFileURL } from 'node:url'
import { join } from 'node:path'
import { receivedTime } from '../frames.ts'
import { serve } from '../children.ts'
import { cpuMicroseconds } from '../measure.ts'
import { linesOf, recordsOf } from '../../../test/support/wire/frames.ts'

export type DecodeQuestion = { readonly transaction: string; readonly ms: number }

const checkout = process.argv[2] ?? '.'
const decoderFile = pathToFileURL(join(checkout, 'kis/wire/decoder.ts')).href
const { createDecoder } = (await import(decoderFile)) as typeof import('../../../kis/wire/decoder.ts')
const decoder = createDecoder()
const passesAtOnce = 20

/** Nanoseconds of processor time a record. */
serve<DecodeQuestion, number>(async ({ transaction, ms }) => {
  const lines = linesOf(`${transaction}.txt`)
  const records = lines.flatMap(recordsOf).length
  const frames = lines.map(line => Buffer.from(line))
  const start = cpuMicroseconds()
  let passes = 0
  let events = 0
  let spent = 0
  do {
    for (let i = 0; i < passesAtOnce; i++)
      for (const bytes of frames) decoder.decode(bytes, receivedTime, () => events++)
    passes += passesAtOnce
    spent = cpuMicroseconds() - start
  } while (spent < ms * 1_000)
  if (events !== passes * records) throw new Error(`${events} events of ${passes * records} records of ${transaction}`)
  return (spent * 1_000) / events
})
