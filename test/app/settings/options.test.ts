import { describe, expect, expectTypeOf, it } from 'vitest'
import type { FeedOptions } from '../../../app/feed/contract.ts'
import { createFeed } from '../../../app/feed/feed.ts'
import { type JobsOptions, openJobs } from '../../../app/jobs/open-jobs.ts'
import type { FeedInput } from '../../../app/settings/feed-input.ts'
import type { feedParts, jobsParts } from '../../../app/settings/options.ts'
import { SettingsError } from '../../../app/settings/settings.ts'
import { systemClock } from '../../../market/clock.ts'

const keys = { appKey: 'an-app-key', appSecret: 'an-app-secret' }

function problemsOf(options: Record<string, unknown>): readonly string[] {
  try {
    createFeed({ ...keys, ...options })
    return []
  } catch (error) {
    if (error instanceof SettingsError) return error.problems
    throw error
  }
}

describe('the options of a feed', () => {
  it.each([
    [{ dataFoler: 'x' }, 'dataFoler is no option here; did you mean dataFolder?'],
    [{ dataFolder: true }, 'dataFolder needs a folder, or false; it is boolean'],
    [{ recordFolder: '' }, 'recordFolder needs a folder, or false; it is string'],
    [{ clock: Date.now }, 'clock needs a clock, with now(); it is function'],
    [{ log: null }, 'log needs a log, with debug, info, warn and error; it is null'],
    [{ continuity: 'false' }, 'continuity needs true or false; it is string'],
    [{ seed: Number.NaN }, 'seed needs a number; it is number'],
    [{ instruments: [['KRX:005930']] }, "instruments '[[KRX:005930]]'; expected texts, or one with commas"],
  ])('%o are refused', (options, problem) => expect(problemsOf(options)).toEqual([problem]))

  it('are refused all at once, parts and settings', () => {
    expect(problemsOf({ seed: 'x', marke: 'KR', market: 'JP' })).toHaveLength(3)
  })

  it('are an object', () => {
    for (const none of [undefined, null, 'KRX:005930']) {
      expect(() => createFeed(none as never)).toThrow('expected options, as { appKey, appSecret, instruments }')
    }
  })

  it('that are undefined are as good as none', () => {
    expect(problemsOf({ clock: undefined, dataFolder: undefined, instruments: undefined })).toEqual([])
    expect(problemsOf({ clock: systemClock, dataFolder: false, seed: 1, continuity: true })).toEqual([])
  })

  it('are those of the types, each of them', () => {
    expectTypeOf<keyof FeedOptions>().toEqualTypeOf<keyof FeedInput | keyof typeof feedParts>()
    expectTypeOf<keyof JobsOptions>().toEqualTypeOf<keyof FeedInput | keyof typeof jobsParts>()
    // The options of a feed are those of its jobs, as they are.
    expectTypeOf<Omit<FeedOptions, 'jobs'>>().toExtend<JobsOptions>()
  })

  it('never show what they hold', () => {
    const problems = problemsOf({ clock: { appSecret: 'hidden-1' }, environment: { appSecret: 'hidden-2' } })
    expect(problems).toHaveLength(2)
    expect(problems.join()).not.toContain('hidden')
  })

  it('are those of its jobs as well, which have some of their own', async () => {
    await expect(openJobs({ ...keys, seed: 1, redisURL: 'x' } as never)).rejects.toThrow(
      'redisURL is no option here; did you mean redisUrl?',
    )
    for (const queues of ['all', ['certificates']]) {
      await expect(openJobs({ ...keys, queues } as never)).rejects.toThrow('queues needs a list of queues, of token-')
    }
    await expect(openJobs({ ...keys, jobs: {} } as never)).rejects.toThrow('jobs is no option here')
  })
})

describe('a feed that was stopped', () => {
  it('does not start again, and says so', async () => {
    const warnings: string[] = []
    const log = { debug() {}, info() {}, error() {}, warn: (_: object, text: string) => void warnings.push(text) }
    const feed = createFeed({ ...keys, log })
    await feed.stop()
    warnings.splice(0)
    expect(() => feed.start()).toThrow('this feed was stopped')
    feed.subscribe('KRX:005930')
    feed.switchUrl('KR', 'ws://127.0.0.1:1')
    expect(warnings).toEqual([
      'subscribe KRX:005930 trade: ignored, because the feed was stopped',
      'switchUrl KR: ignored, because the feed was stopped',
    ])
  })
})
