// The time at an exchange, as KIS writes it: date and time without separators.

export type WallTime = {
  /** 20260914 */
  readonly date: string
  /** 090001 */
  readonly time: string
}

export const koreanZone = 'Asia/Seoul'

type Wall = { readonly format: Intl.DateTimeFormat; second: number; reads: WallTime }

const walls = new Map<string, Wall>()

/** Everything on the wire has a resolution of one second, so each zone is computed once a second. */
export function wallTime(zone: string, time: number): WallTime {
  const second = Math.floor(time / 1000)
  let wall = walls.get(zone)
  if (wall === undefined) {
    wall = { format: formatFor(zone), second: Number.NaN, reads: { date: '', time: '' } }
    walls.set(zone, wall)
  }
  if (wall.second !== second) {
    wall.reads = read(wall.format, time)
    wall.second = second
  }
  return wall.reads
}

function formatFor(zone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  })
}

function read(format: Intl.DateTimeFormat, time: number): WallTime {
  const parts: Partial<Record<Intl.DateTimeFormatPartTypes, string>> = {}
  for (const { type, value } of format.formatToParts(time)) parts[type] = value
  return {
    date: `${parts.year}${parts.month}${parts.day}`,
    time: `${parts.hour}${parts.minute}${parts.second}`,
  }
}
