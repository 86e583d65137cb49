// The documents about the settings against the list that they are made from.
import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { describe, expect, expectTypeOf, it } from 'vitest'
import type { z } from 'zod'
import { configurationPage } from '../../../app/settings/configuration-page.ts'
import type { FeedInput } from '../../../app/settings/feed-input.ts'
import { allSettings, commandSettings, feedSettings } from '../../../app/settings/setting-list.ts'
import type { feedSchema } from '../../../app/settings/feed-schema.ts'
import { settingNames } from '../../../app/settings/settings.ts'
import { timingMeanings, timingVariable } from '../../../app/settings/timing-list.ts'
import { addSettings } from '../../../cli/input/flags.ts'

describe('the list of settings', () => {
  it.each([
    ['en', 'docs/configuration.md'],
    ['ko', 'docs/configuration.ko.md'],
  ] as const)('makes the document (%s): run `npm run generate` after changing either', (language, path) => {
    const page = readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8')
    expect(page).toBe(configurationPage(language))
    const variables = Object.values(allSettings).flatMap(({ variable }) => variable ?? [])
    for (const name of [...variables, ...settingNames, ...Object.keys(timingMeanings)]) expect(page).toContain(name)
  })

  it('has each variable and each flag once', () => {
    const listed = Object.values(allSettings)
    for (const name of ['variable', 'flag'] as const) {
      const given = listed.flatMap(setting => setting[name] ?? [])
      expect(new Set(given).size).toBe(given.length)
    }
  })

  it('leaves six timings in the environment', () => {
    expect(Object.keys(timingMeanings).flatMap(name => timingVariable(name) ?? [])).toEqual([
      'KIS_GRACE_MS',
      'KIS_OPEN_TIMEOUT_MS',
      'KIS_STABLE_MS',
      'KIS_MOST_CONNECTS',
      'KIS_QUIET_MS',
      'KIS_SILENCE_MS',
    ])
  })

  it('gives each flag its meaning, its variable and its default in the help', () => {
    const command = addSettings(new Command(), ['market', 'jobs'])
    expect(command.options.map(({ flags, description }) => [flags, description])).toEqual([
      [
        '--market [market]',
        'auto follows the schedule; KR or US holds that market at any hour (KIS_MARKET; default: auto)',
      ],
      ['--jobs [where]', expect.stringContaining('(KIS_JOBS; default: here)')],
      ['--no-jobs', 'the same as KIS_JOBS=off'],
    ])
  })

  it('agrees with the type that code is written against', () => {
    type Accepted = z.input<typeof feedSchema>
    expectTypeOf<keyof FeedInput>().toEqualTypeOf<keyof Accepted>()
    // The schema reads text where code gives values, so it accepts more.
    expectTypeOf<FeedInput>().toExtend<Accepted>()
    expectTypeOf<
      Pick<FeedInput, 'environment' | 'market' | 'schedule' | 'customerType' | 'overseasFeed'>
    >().toEqualTypeOf<
      Readonly<{
        [K in 'environment' | 'market' | 'schedule' | 'customerType' | 'overseasFeed']?: NonNullable<Accepted[K]>
      }>
    >()
    expect(settingNames).toEqual([...Object.keys(feedSettings), 'timing'])
    expect(Object.keys(commandSettings).filter(name => settingNames.includes(name))).toEqual([])
  })
})
