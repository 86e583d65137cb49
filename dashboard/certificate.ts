// The day certificate as a table: what was received of each instrument, what was missing, what came back, and
// what remains unknown. An older or newer kis-stream may have written the file, so nothing in it is taken for
// granted.

export type CertificateRow = {
  readonly trades: number
  /** Shares, as all of the volumes here. */
  readonly volume: number
  readonly gaps: number
  readonly gapVolume: number
  /** Came late, not from REST. */
  readonly lateVolume: number
  /** Fetched from REST. */
  readonly repairedVolume: number
  /** Not missing after all. */
  readonly explainedVolume: number
  readonly unknownVolume: number
  readonly minutesCompared: number
  readonly minutesAgreeing: number
}

export type InstrumentRow = CertificateRow & {
  readonly instrument: string
  readonly verdict: string
  /** Why REST was not asked; null when it was. */
  readonly problem: string | null
}

export type CertificateView = {
  /** 20261120 */
  readonly date: number
  readonly madeAt: string | null
  readonly unreadableLines: number
  /** Those that lack something stand first. */
  readonly rows: readonly InstrumentRow[]
  readonly total: CertificateRow
}

const counts = [
  'trades',
  'volume',
  'gaps',
  'gapVolume',
  'lateVolume',
  'repairedVolume',
  'explainedVolume',
  'unknownVolume',
  'minutesCompared',
  'minutesAgreeing',
] as const satisfies readonly (keyof CertificateRow)[]

/** Null without a certificate; `unreadable` for one in an unknown form. */
export function certificateView(value: unknown): CertificateView | 'unreadable' | null {
  if (value === undefined || value === null) return null
  const { date, madeAt, unreadableLines, instruments } = fieldsOf(value)
  if (typeof date !== 'number' || !Array.isArray(instruments)) return 'unreadable'
  const rows = instruments.map(rowOf)
  if (!rows.every(row => row !== undefined)) return 'unreadable'
  return {
    date,
    madeAt: typeof madeAt === 'string' ? madeAt : null,
    unreadableLines: typeof unreadableLines === 'number' ? unreadableLines : 0,
    rows: rows.toSorted((a, b) => Number(isWhole(a)) - Number(isWhole(b)) || a.instrument.localeCompare(b.instrument)),
    total: record(name => rows.reduce((sum, row) => sum + row[name], 0)),
  }
}

function rowOf(value: unknown): InstrumentRow | undefined {
  const fields = fieldsOf(value)
  const { instrument, verdict, problem } = fields
  if (typeof instrument !== 'string' || typeof verdict !== 'string') return undefined
  if (!counts.every(name => Number.isFinite(fields[name]))) return undefined
  return {
    instrument,
    verdict,
    problem: typeof problem === 'string' ? problem : null,
    ...record(name => Number(fields[name])),
  }
}

function isWhole({ verdict }: InstrumentRow): boolean {
  return verdict === 'whole' || verdict === 'repaired'
}

function record(valueOf: (name: keyof CertificateRow) => number): CertificateRow {
  return Object.fromEntries(counts.map(name => [name, valueOf(name)])) as CertificateRow
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return Object(value) as Readonly<Record<string, unknown>>
}
