// Shares [from, to) of a day's volume: the arithmetic of what is missing, apart from the product's own.

export type Span = readonly [from: number, to: number]

/** In order, and those that touch as one. */
export function joined(spans: readonly Span[]): Span[] {
  const result: Span[] = []
  for (const [from, to] of spans.toSorted(([one], [other]) => one - other)) {
    const before = result.at(-1)
    if (before !== undefined && before[1] === from) result[result.length - 1] = [before[0], to]
    else result.push([from, to])
  }
  return result
}

export function without(spans: readonly Span[], [from, to]: Span): Span[] {
  return spans.flatMap(span => {
    const [start, end] = span
    if (to <= start || end <= from) return [span]
    const parts: Span[] = [
      [start, from],
      [to, end],
    ]
    return parts.filter(([a, b]) => a < b)
  })
}

export function holds(spans: readonly Span[], [from, to]: Span): boolean {
  return spans.some(([start, end]) => start <= from && to <= end)
}

export function sizeOf(spans: readonly Span[]): number {
  return spans.reduce((sum, [from, to]) => sum + to - from, 0)
}
