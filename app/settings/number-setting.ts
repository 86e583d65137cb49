// A setting that is a number: from code as one, from flags and the environment as its digits.
import { z } from 'zod'
import { plainNumber, quoted } from '../../market/basics/plain-number.ts'

export type NumberRange = {
  /** What it is, for the mistake: `milliseconds`, `a port`. */
  readonly expected: string
  readonly least: number
  readonly most: number
  /** Half of one is accepted as well. */
  readonly isFraction?: boolean
}

export function numberSetting({ expected, least, most, isFraction = false }: NumberRange) {
  const wanted = `expected ${expected}, ${least} to ${most}`
  return z
    .custom<number | string>(given => plainNumber(given) !== undefined, {
      error: issue => `${issue.input === true ? 'needs a value' : quoted(issue.input)}; ${wanted}`,
    })
    .transform((given, context) => {
      const number = plainNumber(given) as number // checked above
      if (number >= least && number <= most && (isFraction || Number.isInteger(number))) return number
      context.addIssue({ code: 'custom', message: `${quoted(given)}; ${wanted}` })
      return z.NEVER
    })
}
