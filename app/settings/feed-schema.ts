// What the settings of a feed may be, as schemas. In a file of its own, so that the declarations of
// settings.ts name no package that users of kis-stream do not have.
import { z } from 'zod'
import { defaultTiming, type Timing } from '../../machines/timing.ts'
import { quoted } from '../../market/basics/plain-number.ts'
import { feedSettings, schemaOf } from './setting-list.ts'
import { limit, milliseconds } from './values.ts'

/** A limit is called `most…`; everything else in it is a wait. */
const timingSchema = z.object(
  Object.fromEntries(
    Object.keys(defaultTiming).map(name => [name, (name.startsWith('most') ? limit : milliseconds).optional()]),
  ) as Record<keyof Timing, z.ZodOptional<typeof milliseconds>>,
  { error: issue => `${quoted(issue.input)}; expected waits by their names, as { graceMs: 3000 }` },
)

export const feedSchema = schemaOf(feedSettings).extend({ timing: timingSchema.default({}) })

/** The subscriptions by themselves: their mistakes are listed beside those of everything else. */
export const wantedSchema = feedSchema.pick({
  instruments: true,
  channels: true,
  subscribe: true,
  overseasFeed: true,
  htsId: true,
})
