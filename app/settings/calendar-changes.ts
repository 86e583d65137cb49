// The user's changes to the announced holidays: from code, or from a JSON file of dates. Checked as a whole;
// nothing is guessed.
//
// {"holidays":{"KR":[20261013]},"halfDays":{"US":[20261127]},"lateOpens":{"KR":[20270104]},"openDays":{"KR":[]},"examDays":{"KR":[20261119]}}
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { createCalendar } from '../../market/calendar/calendar.ts'
import { didYouMean } from '../../market/basics/did-you-mean.ts'
import type { CalendarChanges } from '../../market/calendar/holidays.ts'

/** All problems at once, where a `Result` has one: a file is mended in one go. */
export type ReadChanges = { readonly changes: CalendarChanges } | { readonly problems: readonly string[] }

const dates = z.exactOptional(z.array(z.number({ error: 'expected a date like 20260914' })))
const byCountry = z.strictObject({ KR: dates, US: dates, HK: dates, JP: dates, CN: dates, VN: dates })

const shape = z.strictObject({
  holidays: z.exactOptional(byCountry),
  openDays: z.exactOptional(byCountry),
  halfDays: z.exactOptional(byCountry.pick({ US: true, HK: true })),
  lateOpens: z.exactOptional(byCountry.pick({ KR: true })),
  examDays: z.exactOptional(byCountry.pick({ KR: true })),
})

export function readCalendarChanges(value: unknown): ReadChanges {
  const parsed = shape.safeParse(value)
  if (!parsed.success) {
    return { problems: parsed.error.issues.flatMap(sentencesOf) }
  }
  try {
    createCalendar(parsed.data)
    return { changes: parsed.data }
  } catch (error) {
    return { problems: [(error as Error).message] }
  }
}

function sentencesOf(issue: z.core.$ZodIssue): string[] {
  const place = issue.path.join('.')
  if (issue.code !== 'unrecognized_keys') return [`${place || 'the whole'}: ${issue.message}`]
  const known = Object.keys(place === '' ? shape.shape : byCountry.shape)
  return issue.keys.map(name => `${place || 'the whole'}: '${name}' is not known${didYouMean(name, known)}`)
}

export function readCalendarFile(file: string): ReadChanges {
  try {
    return readCalendarChanges(JSON.parse(readFileSync(file, 'utf8').replace(/^\uFEFF/, '')))
  } catch (error) {
    return { problems: [`'${file}' cannot be read: ${(error as Error).message}`] }
  }
}
