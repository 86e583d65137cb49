import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { readCalendarChanges, readCalendarFile } from '../../../app/settings/calendar-changes.ts'

function fileWith(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'kis-stream-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'calendar.json')
  writeFileSync(file, text)
  return file
}

const problems = (value: unknown) => {
  const read = readCalendarChanges(value)
  return 'problems' in read ? read.problems.join('\n') : ''
}

it('a calendar file gives dated changes by country', () => {
  const changes = { holidays: { KR: [20261013], JP: [] }, halfDays: { US: [20261127] }, lateOpens: { KR: [20270104] } }
  expect(readCalendarFile(fileWith(JSON.stringify(changes)))).toEqual({ changes })
  expect(readCalendarFile(fileWith('{}'))).toEqual({ changes: {} })
  expect(readCalendarFile(fileWith(`\uFEFF${JSON.stringify(changes)}`))).toEqual({ changes })
})

it('a calendar file that cannot be read, or is no JSON, is named', () => {
  expect(readCalendarFile('/nowhere/calendar.json')).toEqual({
    problems: [expect.stringContaining('/nowhere/calendar.json')],
  })
  expect(readCalendarFile(fileWith('holidays: 2026'))).toEqual({ problems: [expect.stringContaining('calendar.json')] })
})

it('what is not known, is no date, or is listed twice, is said with the place', () => {
  expect(problems({ holiday: { KR: [20261013] } })).toBe("the whole: 'holiday' is not known; did you mean holidays?")
  expect(problems({ holidays: { XX: [20261013] } })).toBe("holidays: 'XX' is not known")
  expect(problems({ holidays: { kr: [20261013] } })).toBe("holidays: 'kr' is not known; did you mean KR?")
  expect(problems({ holidays: { KR: ['2026-10-13'] } })).toContain('holidays.KR.0: expected a date like 20260914')
  expect(problems({ holidays: { KR: [20260230] } })).toContain('20260230 is no date')
  expect(problems({ holidays: { KR: [20261013] }, openDays: { KR: [20261013] } })).toContain('listed twice')
  expect(problems({ halfDays: { KR: [20261013] } })).toContain('KR')
  expect(problems([])).toContain('the whole')
})
