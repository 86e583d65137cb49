// A page in the OpenMetrics text format, read strictly: what it does not understand is an error, as it would
// be for a scraper.

export type MetricFamily = { type: string; help: string; samples: MetricSample[] }

export type MetricSample = {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

const suffixes: Readonly<Record<string, readonly string[]>> = {
  gauge: [''],
  counter: ['_total'],
  histogram: ['_bucket', '_sum', '_count'],
}

/** Families by name. Throws at the first line that is no OpenMetrics. */
export function readOpenMetrics(text: string): Map<string, MetricFamily> {
  const lines = text.split('\n')
  if (lines.at(-1) !== '' || lines.at(-2) !== '# EOF') throw new Error('the page does not end with # EOF and a newline')
  const families = new Map<string, MetricFamily>()
  let name = ''
  for (const line of lines.slice(0, -2)) {
    const described = /^# (HELP|TYPE) ([a-zA-Z_:][\w:]*) (.+)$/.exec(line)
    if (described !== null) {
      name = described[2] as string
      const family = families.get(name) ?? { type: '', help: '', samples: [] }
      families.set(name, family)
      if (described[1] === 'HELP') family.help = described[3] as string
      else family.type = described[3] as string
      continue
    }
    const sample = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line)
    const family = families.get(name)
    if (sample === null || family === undefined) throw new Error(`no OpenMetrics: ${line}`)
    const allowed = suffixes[family.type]?.map(suffix => name + suffix)
    if (!allowed?.includes(sample[1] as string)) throw new Error(`${line}: no sample of the ${family.type} ${name}`)
    const value = Number((sample[3] as string).replace('+Inf', 'Infinity'))
    if (Number.isNaN(value)) throw new Error(`${line}: no number`)
    family.samples.push({ name: sample[1] as string, labels: labelsOf(sample[2] ?? ''), value })
  }
  return families
}

function labelsOf(text: string): Record<string, string> {
  const labels: Record<string, string> = {}
  const rest = text.replaceAll(/([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"(,|$)/g, (_, name: string, value: string) => {
    labels[name] = value.replaceAll(/\\(.)/g, (_escape, letter: string) => (letter === 'n' ? '\n' : letter))
    return ''
  })
  if (rest !== '') throw new Error(`no labels: ${text}`)
  return labels
}
