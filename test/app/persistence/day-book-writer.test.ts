// The day book when it cannot be written: what is lost is counted, and said once.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { VirtualTimeScheduler } from 'rxjs'
import { expect, it, onTestFinished } from 'vitest'
import { keepDayBook } from '../../../app/persistence/day-book-writer.ts'
import type { Logger } from '../../../app/observe/log.ts'
import type { Resync } from '../../../market/events.ts'

it('says that entries are lost when more wait than fit, and how many, once it is written again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'day-book-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const blocked = join(folder, 'day-book')
  writeFileSync(blocked, 'a file where the folder should be')
  const logged: [string, object][] = []
  const note = (level: string) => (facts: object, text: string) => void logged.push([`${level} ${text}`, facts])
  const log: Logger = { debug: note('debug'), info: note('info'), warn: note('warn'), error: note('error') }
  const scheduler = new VirtualTimeScheduler()
  const book = keepDayBook({ folder, log, scheduler })
  const one: Resync = {
    type: 'resync',
    instrument: 'KRX:005930',
    reason: 'unreadable',
    businessDate: 20260914,
    from: null,
    to: null,
    receivedTime: 0,
  }
  book.start()
  for (let count = 0; count < 100_007; count++) book.note(one)
  scheduler.maxFrames = 25_000
  scheduler.flush()
  while (logged.length < 2) await new Promise(resolve => setImmediate(resolve))
  expect(logged.map(([text]) => text)).toEqual([
    'error the day book loses entries: too many wait',
    'warn the day book cannot be written; trying on',
  ])

  rmSync(blocked)
  await book.stop()
  expect(logged.slice(2)).toEqual([
    ['error the day book is written again; the certificate lacks what was lost', { folder: blocked, lost: 7 }],
  ])
  expect(existsSync(join(blocked, '20260914.jsonl'))).toBe(true)
  expect(readFileSync(join(blocked, '20260914.jsonl'), 'utf8').split('\n')).toHaveLength(100_001)
})
