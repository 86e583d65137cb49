// What a run of many stories comes to: sums of their figures, as a table for people.
import { figure, printTable } from '../bench/report.ts'
import { faultKinds } from '../../simulator/faults/form.ts'
import { chaosTiming } from './stories/timing.ts'
import type { Figures } from './verdict/verdict.ts'

export function printFigures(all: readonly Figures[], failed: number): void {
  const sum = (of: (figures: Figures) => number) => all.reduce((total, figures) => total + of(figures), 0)
  const most = (of: (figures: Figures) => number) => Math.max(0, ...all.map(of))
  const healed = all.map(({ healedMs }) => healedMs).toSorted((one, other) => one - other)
  const share = (part: number) => healed[Math.min(healed.length - 1, Math.floor(part * healed.length))] ?? Number.NaN

  printTable(
    'Faults injected',
    ['kind', 'times'],
    faultKinds.map(kind => [kind, whole(sum(({ faults }) => faults[kind] ?? 0))]),
  )
  printTable(
    'What was emitted and what came',
    ['figure', 'all seeds'],
    [
      ['seeds', whole(all.length)],
      ['seeds that failed', whole(failed)],
      ['faults injected', whole(sum(({ faults }) => Object.values(faults).reduce((total, times) => total + times, 0)))],
      ['records sent (trades and books)', whole(sum(one => one.recordsSent))],
      ['records received', whole(sum(one => one.recordsReceived))],
      ['trades that happened', whole(sum(one => one.happened))],
      ['trades delivered', whole(sum(one => one.delivered))],
      ['trades delivered twice', whole(sum(one => one.deliveredTwice))],
      ['repeats that came and were dropped', whole(sum(one => one.repeatsDropped))],
      ['trades withheld by faults', whole(sum(one => one.withheld))],
      ['  of them delivered after all, by a copy', whole(sum(one => one.withheldButDelivered))],
      ['  of them before the first trade that came, or after the last', whole(sum(one => one.unknowable))],
      [
        'gap events, and late trades that filled one',
        `${whole(sum(one => one.gaps))}, ${whole(sum(one => one.fills))}`,
      ],
      [
        'stretches missing at the end: reported / expected',
        `${whole(sum(one => one.stretchesReported))} / ${whole(sum(one => one.stretchesExpected))}`,
      ],
      [
        'shares missing at the end: reported / expected',
        `${whole(sum(one => one.volumeReported))} / ${whole(sum(one => one.volumeExpected))}`,
      ],
    ],
  )
  const windowSeconds = chaosTiming.connectWindowMs / 1000
  printTable(
    'The line',
    ['figure', 'worst seed'],
    [
      [
        `connections in any ${windowSeconds} s (10 minutes, scaled); ${chaosTiming.mostConnects} are allowed`,
        whole(most(one => one.connectionsPerWindow)),
      ],
      [
        `requests in any ${windowSeconds} s; ${chaosTiming.mostRequests} are allowed`,
        whole(most(one => one.requestsPerWindow)),
      ],
      ['sockets open at once', whole(most(one => one.mostSocketsOpen))],
      ['refused subscriptions that a user asked for again', whole(most(one => one.askedAgain))],
    ],
  )
  printTable(
    'Until everything was active and flowed again, after the last fault (seconds; backoff and connect budget are scaled, too)',
    ['median', '90 %', '99 %', 'longest'],
    [[share(0.5), share(0.9), share(0.99), healed.at(-1) ?? Number.NaN].map(ms => figure(ms / 1000))],
  )
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en')
}
