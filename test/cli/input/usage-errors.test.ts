import { beforeEach, describe, expect, it } from 'vitest'
import { rememberFlags, strayWords } from '../../../cli/input/usage-errors.ts'

describe('words that no flag took', () => {
  beforeEach(() => rememberFlags(['--instruments', '--format']))

  it('are each a mistake, with the likely spelling of a flag', () => {
    expect(strayWords(['--instrument=KRX:005930', 'now', '--loud'])).toEqual([
      "unknown flag '--instrument'; did you mean --instruments?",
      "unexpected argument 'now'",
      "unknown flag '--loud'",
    ])
  })

  it('name the new name of a flag that was renamed, and do not take its value for an argument', () => {
    const says = "unknown flag '--output'; it is called --format now"
    expect(strayWords(['--output', 'ndjson'])).toEqual([says])
    expect(strayWords(['--output=ndjson', 'now'])).toEqual([says, "unexpected argument 'now'"])
    expect(strayWords(['--to', 'csv'])).toEqual(["unknown flag '--to'; it is called --format now"])
    rememberFlags(['--file'])
    expect(strayWords(['--output', 'x.tar.gz'])).toEqual(["unknown flag '--output'; it is called --file now"])
    expect(strayWords(['--to', 'csv'])).toEqual(["unknown flag '--to'", "unexpected argument 'csv'"])
  })
})
