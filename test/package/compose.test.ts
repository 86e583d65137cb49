// The containers hear every setting that a process outside of one would hear.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { environmentNames } from '../../cli/input/environment.ts'

const compose = readFileSync(new URL('../../docker-compose.yml', import.meta.url), 'utf8')

/** Said by the command line in the file, or of no use where nothing is published. */
const decidedThere = ['KIS_FORMAT', 'KIS_JOBS', 'KIS_DASHBOARD_HOST', 'KIS_DASHBOARD_TOKEN']

describe('docker-compose.yml', () => {
  it('passes on every setting of the environment, and gives no value but those of the containers themselves', () => {
    const lines = [...compose.matchAll(/^ {6}- ([A-Z][A-Z_]*)(=.*)?$/gm)]
    const passedOn = lines.map(([, name = '']) => name)
    const wanted = Object.values(environmentNames).filter(name => !decidedThere.includes(name))
    expect(new Set(passedOn)).toEqual(new Set(wanted))
    expect(lines.filter(([, , value]) => value !== undefined).map(([, name]) => name)).toEqual([
      'REDIS_URL',
      'KIS_DATA_FOLDER',
    ])
  })

  it('keeps jobs over a restart, and never throws one out to make room', () => {
    expect(compose).toMatch(/--appendonly, "yes", --maxmemory-policy, noeviction/)
  })
})
