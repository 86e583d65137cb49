import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { withSettings } from '../../app/settings/configuration-page.ts'
import { allSettings } from '../../app/settings/setting-list.ts'

const compose = readFileSync(new URL('../../docker-compose.yml', import.meta.url), 'utf8')

describe('docker-compose.yml', () => {
  it('passes on every setting of the environment: run `npm run generate` after changing one', () => {
    expect(compose).toBe(withSettings(compose))
    const entries = [...compose.matchAll(/^ {6}- ([A-Z][A-Z_]*)(=.*)?$/gm)]
    const variables = Object.values(allSettings).flatMap(({ variable, inContainers }) =>
      variable === undefined || inContainers === false ? [] : [variable],
    )
    expect(entries.map(([, name]) => name)).toEqual(expect.arrayContaining([...variables, 'KIS_GRACE_MS']))
    expect(entries.filter(([, , value]) => value !== undefined).map(([, name]) => name)).toEqual([
      'KIS_DATA_FOLDER',
      'REDIS_URL',
    ])
  })

  it('keeps jobs over a restart, and never throws one out to make room', () => {
    expect(compose).toMatch(/--appendonly, "yes", --maxmemory-policy, noeviction/)
  })
})
