// Which parts of a day's cumulative volume are missing: taking parts out of it, and putting others in. Pure.
import type { GapPart } from '../../market/events.ts'
import type { VolumeSpan } from '../../market/gap-finding.ts'

/** What is left of `parts` without [fromVolume, toVolume). Lowest first, as they came. */
export function without(parts: readonly GapPart[], { fromVolume, toVolume }: VolumeSpan): GapPart[] {
  return parts.flatMap(part =>
    [
      { ...part, toVolume: Math.min(part.toVolume, fromVolume) },
      { ...part, fromVolume: Math.max(part.fromVolume, toVolume) },
    ].filter(rest => rest.fromVolume < rest.toVolume),
  )
}

/** With a part that none of the others overlaps afterwards. */
export function including(parts: readonly GapPart[], added: GapPart): GapPart[] {
  return [...without(parts, added), added].sort((a, b) => a.fromVolume - b.fromVolume)
}
