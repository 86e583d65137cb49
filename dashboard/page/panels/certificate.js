// The day certificate: what was received of each instrument, what was missing, what came back, and what
// remains unknown.
import { byId, childrenOf, keepChildren, make, setAttribute, setText } from '../dom.js'
import { formatNumber } from '../format.js'
import { say } from '../words.js'

/** @typedef {import('../../view.ts').StatusView} StatusView */
/** @typedef {import('../../certificate.ts').CertificateRow} CertificateRow */
/** @typedef {import('../../certificate.ts').CertificateView} CertificateView */
/** @typedef {import('../../certificate.ts').InstrumentRow} InstrumentRow */

/**
 * `rare`: left out where there is no room.
 * @type {readonly { word: string, of: (row: CertificateRow) => string, rare?: true, isBad?: (row:
 *   CertificateRow) => boolean }[]}
 */
const columns = [
  { word: 'trades', of: ({ trades }) => formatNumber(trades) },
  { word: 'volume', of: ({ volume }) => formatNumber(volume) },
  { word: 'gap-count', of: ({ gaps }) => formatNumber(gaps) },
  { word: 'missing', of: ({ gapVolume }) => formatNumber(gapVolume), rare: true },
  { word: 'late', of: ({ lateVolume }) => formatNumber(lateVolume), rare: true },
  { word: 'repaired', of: ({ repairedVolume }) => formatNumber(repairedVolume) },
  { word: 'explained', of: ({ explainedVolume }) => formatNumber(explainedVolume), rare: true },
  {
    word: 'unknown',
    of: ({ unknownVolume }) => formatNumber(unknownVolume),
    isBad: ({ unknownVolume }) => unknownVolume > 0,
  },
  {
    word: 'minutes',
    of: ({ minutesAgreeing, minutesCompared }) =>
      minutesCompared === 0 ? '–' : `${formatNumber(minutesAgreeing)} / ${formatNumber(minutesCompared)}`,
    isBad: ({ minutesAgreeing, minutesCompared }) => minutesAgreeing < minutesCompared,
    rare: true,
  },
]

/** @param {number} date 20261120 */
const dateText = date => String(date).replace(/^(....)(..)(..)$/, '$1-$2-$3')

export function createCertificate() {
  const panel = byId('certificate')
  const table = byId('certificate-table')
  const [head, body, foot] = /** @type {[Element, Element, Element]} */ (
    ['thead', 'tbody', 'tfoot'].map(name => table.querySelector(name))
  )

  /** @param {'th' | 'td'} tag */
  const cells = tag => columns.map(({ rare }) => make(rare ? `${tag}.rare` : tag, tag === 'th' ? { scope: 'col' } : {}))

  function showHead() {
    keepChildren(
      head,
      ['head'],
      key => key,
      () => make('tr', {}, make('th', { scope: 'col' }), make('th', { scope: 'col' }), ...cells('th')),
      row =>
        childrenOf(row).forEach((cell, index) =>
          setText(cell, say(index === 0 ? 'instrument' : index === 1 ? 'verdict' : (columns[index - 2]?.word ?? ''))),
        ),
    )
  }

  /** @param {HTMLElement} row @param {CertificateRow} figures */
  function showFigures(row, figures) {
    childrenOf(row)
      .slice(2)
      .forEach((cell, index) => {
        setText(cell, columns[index]?.of(figures) ?? '')
        setAttribute(cell, 'data-bad', String(columns[index]?.isBad?.(figures) ?? false))
      })
  }

  /** @param {HTMLElement} row @param {InstrumentRow} one */
  function showRow(row, one) {
    const [, verdict] = childrenOf(row)
    const [dot, word] = childrenOf(/** @type {Element} */ (verdict))
    const isWhole = one.verdict === 'whole' || one.verdict === 'repaired'
    setAttribute(dot, 'data-flow', isWhole ? 'flowing' : one.verdict === 'incomplete' ? 'stale' : 'waiting')
    setText(word, say(`certificate-${one.verdict}`))
    setAttribute(dot, 'title', say(`certificate-${one.verdict}`))
    setAttribute(verdict, 'title', one.problem)
    showFigures(row, one)
  }

  /** @param {CertificateView} certificate */
  function showTable({ rows, total }) {
    showHead()
    keepChildren(
      body,
      rows,
      ({ instrument }) => instrument,
      ({ instrument }) =>
        make(
          'tr',
          {},
          make('th', { scope: 'row' }, instrument),
          make('td', {}, make('span.dot'), make('span')),
          ...cells('td'),
        ),
      showRow,
    )
    keepChildren(
      foot,
      rows.length > 1 ? [total] : [],
      () => 'total',
      () => make('tr', {}, make('th', { scope: 'row' }), make('td'), ...cells('td')),
      (row, figures) => {
        setText(/** @type {Element} */ (row.firstElementChild), say('total'))
        showFigures(row, figures)
      },
    )
  }

  return {
    /** @param {StatusView} status */
    show({ certificate, hasCertificates }) {
      panel.hidden = !hasCertificates
      const hasTable = certificate !== null && certificate !== 'unreadable'
      table.hidden = !hasTable
      byId('certificate-empty').hidden = hasTable
      setText(
        byId('certificate-empty'),
        say(certificate === 'unreadable' ? 'certificate-unreadable' : 'certificate-none'),
      )
      setText(byId('certificate-of'), hasTable ? aboutOf(certificate) : '')
      if (hasTable) showTable(certificate)
    },
  }
}

/** @param {CertificateView} certificate */
function aboutOf({ date, madeAt, unreadableLines }) {
  const made = say('certificate-of', { date: dateText(date), time: madeAt?.slice(0, 16).replace('T', ' ') ?? '?' })
  return unreadableLines === 0 ? made : `${made} · ${say('certificate-lines', { count: unreadableLines })}`
}
