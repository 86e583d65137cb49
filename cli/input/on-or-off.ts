// A switch: a flag without a value, or a word in the environment.
import { z } from 'zod'
import { quoted } from '../../market/basics/plain-number.ts'

export const onOrOff = z.union([z.boolean(), z.stringbool()], {
  error: issue => `${quoted(issue.input)}; expected on or off`,
})
