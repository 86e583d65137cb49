// Whose trades are cut differently, from the option.
import { isTrade } from '../columns/records.ts'
import type { AppKeys } from '../keys/app-keys.ts'
import { createRandom, seedFor } from '../tape/random.ts'
import type { Registration } from '../transactions.ts'
import { createCutter, type Cutter } from './cutter.ts'

/** Undefined for a registration whose records are sent as they are. */
export type CutterOf = (appKey: string, registration: Registration) => Cutter | undefined

/** `option`: these app keys, by name or as `#2`; true: all but the first that registers something. */
export function cuttersOf(option: boolean | readonly string[], keys: AppKeys, seed: number): CutterOf {
  let first: string | undefined

  function isMeant(appKey: string): boolean {
    if (typeof option === 'boolean') return option && appKey !== first
    return option.some(name => keys.isNamed(name, appKey))
  }

  return (appKey, { tr, key }) => {
    first ??= appKey
    if (!isTrade(tr) || !isMeant(appKey)) return undefined
    // By the app key itself: the same cuts, whatever the order in which the keys came.
    return createCutter(tr, createRandom(seedFor(`cut ${appKey} ${tr} ${key}`, seed)))
  }
}
