// Forty small faults, and for each the tests that should notice it. They are picked by hand, where a fault
// would lose data, tell a lie or open a door, and where one survived before.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export type Mutant = {
  /** What is wrong with it, for people. */
  readonly name: string
  readonly file: string
  /** Stands exactly once in the file. */
  readonly find: string
  readonly replace: string
  readonly tests: readonly string[]
}

const root = fileURLToPath(new URL('../..', import.meta.url))

export function readSource(file: string): string {
  return readFileSync(join(root, file), 'utf8')
}

/** The file with the fault in it. Throws when the place of the fault is not there, or not the only one. */
export function mutated({ file, find, replace }: Mutant): string {
  const parts = readSource(file).split(find)
  if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} times «${find}»; expected once`)
  return parts.join(replace)
}

function of(file: string, tests: readonly string[], faults: readonly (readonly [string, string, string])[]): Mutant[] {
  return faults.map(([name, find, replace]) => ({ name, file, find, replace, tests }))
}

export const mutants: readonly Mutant[] = [
  ...of(
    'machines/ledger.ts',
    ['test/machines/ledger.test.ts'],
    [
      [
        'an acknowledgement brings back what is being released',
        "if (entry === undefined || entry.status === 'releasing') return ledger\n  return set(ledger, key, { status: 'active'",
        "if (entry === undefined) return ledger\n  return set(ledger, key, { status: 'active'",
      ],
      ['what rests loses its slot', "return status !== 'refused' || isResting === true", "return status !== 'refused'"],
    ],
  ),
  ...of(
    'machines/budget.ts',
    ['test/machines/budget.test.ts'],
    [
      ['one connection too many', 'spent[spent.length - most]', 'spent[spent.length - most - 1]'],
      ['a clock that was set back refills it', '.map(time => Math.min(time, now))', '.filter(time => time <= now)'],
    ],
  ),
  ...of(
    'machines/requests/pending-requests.ts',
    ['test/machines/requests/pending-requests.test.ts'],
    [
      [
        'an accepted heartbeat takes the next answer',
        "what.verb !== 'heartbeat' || now - what.sentAt <= patienceMs",
        'now >= 0',
      ],
    ],
  ),
  ...of(
    'machines/requests/outbox.ts',
    ['test/machines/requests/outbox.test.ts'],
    [['a request that was withdrawn leaves all the same', 'if (index >= 0) waiting.splice(index, 1)', '']],
  ),
  ...of(
    'machines/backoff.ts',
    ['test/machines/backoff.test.ts'],
    [['waits thirty times as long', 'previous.waitMs * 3', 'previous.waitMs * 30']],
  ),
  ...of(
    'machines/connection.ts',
    ['test/scenarios/subscription/notices.test.ts'],
    [
      [
        'sealed notices are dropped with their connection',
        'for (const { bytes, receivedTime } of sealed) deliverAlone(bytes, receivedTime)',
        '',
      ],
    ],
  ),
  ...of(
    'machines/connection.ts',
    ['test/scenarios/connection/heartbeat.test.ts'],
    [['PINGPONG is not echoed', 'else socket?.send(bytes, { binary: false }, ignoreFailure)', '']],
  ),
  ...of(
    'machines/dead-connection-watch.ts',
    ['test/machines/dead-connection-watch.test.ts'],
    [['one late PINGPONG is a dead connection', 'periodMs * timesThePeriod', 'periodMs']],
  ),
  ...of(
    'streams/continuity/rules.ts',
    ['test/streams/continuity/rules.test.ts', 'test/streams/continuity/continuity.test.ts'],
    [['another date is the same date', 'return trade.businessDate === reached.businessDate', 'return true']],
  ),
  ...of(
    'streams/continuity/continuity.ts',
    ['test/streams/continuity/continuity.test.ts'],
    [
      [
        'a lost connection interrupts the other market too',
        "if (marketOf(state.instrument) === market && state.interruption !== 'restart')",
        "if (state.interruption !== 'restart')",
      ],
      ['a trade of an unknown total becomes a gap', 'if (before === count.volume + state.unplaced) {', 'if (false) {'],
    ],
  ),
  ...of(
    'streams/continuity/state.ts',
    ['test/streams/continuity/continuity.test.ts', 'test/streams/continuity/continuity.property.test.ts'],
    [
      [
        'an old trade that is missing is dropped as a repeat',
        'return !this.missing.some(range => range.fromVolume < cumulativeVolume && volumeBefore(trade) < range.toVolume)',
        'return true',
      ],
    ],
  ),
  ...of(
    'streams/continuity/missing-ranges.ts',
    ['test/streams/continuity/continuity.test.ts', 'test/streams/continuity/repairs.test.ts'],
    [['what is left below a late trade is forgotten', '...[below, above].filter', '...[above].filter']],
  ),
  ...of(
    'streams/continuity/repairs.ts',
    ['test/streams/continuity/repairs.test.ts'],
    [['a trade that was repaired comes again when it is late', '    count.forgetUpTo(toVolume)\n', '']],
  ),
  ...of(
    'streams/quotes.ts',
    ['test/streams/quotes.test.ts'],
    [['a quote of the other market is forgotten', 'if (marketOf(instrument) === event.market)', 'if (true)']],
  ),
  ...of(
    'streams/freshness/freshness.ts',
    ['test/streams/freshness/freshness.test.ts'],
    [
      [
        'a book is stale although its trades flow',
        'lastOfSibling !== undefined && now - lastOfSibling < options.quietMs',
        'false',
      ],
      [
        'a laptop that slept has stale data',
        '(now < lookedAt || now - lookedAt > longestBetweenLooksMs)',
        '(now < lookedAt)',
      ],
    ],
  ),
  ...of(
    'workers/jobs/token-refresh.ts',
    ['test/workers/jobs/token-refresh.redis.test.ts'],
    [
      [
        'a refused token is used',
        'held === undefined || held.fingerprint === refused) return undefined',
        'held === undefined) return undefined',
      ],
    ],
  ),
  ...of(
    'workers/redis/token-store.ts',
    ['test/workers/jobs/token-refresh.redis.test.ts'],
    [
      ['a holder that overslept overwrites a newer token', 'if fence > tonumber(ARGV[1]) then return 0 end\n', ''],
      [
        'a lock that is no longer ours is given back',
        "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end",
        "if true then return redis.call('DEL', KEYS[1]) end",
      ],
    ],
  ),
  ...of(
    'workers/jobs/chain.ts',
    ['test/workers/jobs/chain.test.ts'],
    [
      ['an execution reaches below the gap', 'startOf(one) >= span.fromVolume && one', 'one'],
      ['two executions that claim one share are both believed', 'lowestStartAbove >= one.cumulativeVolume', 'true'],
    ],
  ),
  ...of(
    'workers/jobs/gap-judgement.ts',
    ['test/workers/jobs/gap-validation.test.ts'],
    [
      ['any bar of an auction explains a gap', ' && bar.volume === missing)', ')'],
      ['more than is missing was traded off the book', 'moved - traded === missing', 'moved - traded >= missing'],
    ],
  ),
  ...of(
    'workers/jobs/key-validation.ts',
    ['test/workers/jobs/key-validation.test.ts'],
    [['a dry run asks KIS', ' || payload.dryRun === true', '']],
  ),
  ...of(
    'workers/redis/scope.ts',
    ['test/workers/redis/scope.test.ts'],
    [['two addresses share what one of them issued', '`${restUrl} ${appKey.reveal()}`', 'appKey.reveal()']],
  ),
  ...of(
    'recording/write/segment-writer.ts',
    ['test/recording/write/open-segment.test.ts'],
    [
      ['markers are not counted when a disk refuses', 'count: frames + markers', 'count: frames'],
      [
        'a sync waits for nothing',
        'sync: async () => void (await Promise.all([segment?.files.sync(), ending]))',
        'sync: async () => {}',
      ],
      [
        'everybody may look into the folder',
        'mkdirSync(folder, privateFolder)',
        'mkdirSync(folder, { recursive: true, mode: 0o755 })',
      ],
    ],
  ),
  ...of(
    'recording/write/open-segment.ts',
    ['test/recording/write/open-segment.test.ts'],
    [['a tail is cut before its block is on the disk', '      liveFrom = tailSize\n', '      cutTail()\n']],
  ),
  ...of(
    'recording/write/recorder-thread.ts',
    ['test/recording/write/trouble.test.ts'],
    [['what a disk refuses is not counted', '      trouble.lost += count\n', '']],
  ),
  ...of(
    'sinks/queue/spill-file.ts',
    ['test/sinks/queue/spill.test.ts'],
    [
      [
        'places of the spill file are never free again',
        'giveBack: place => void free.push(place)',
        'giveBack: () => {}',
      ],
    ],
  ),
  ...of(
    'sinks/queue/conflate.ts',
    ['test/sinks/queue/conflate.test.ts', 'test/sinks/contract.test.ts'],
    [['data moves past news', '          trades.clear()\n          books.clear()\n', '']],
  ),
  ...of(
    'sinks/ring/reader.ts',
    ['test/sinks/ring/event-ring.test.ts'],
    [['a number that is null is NaN', 'return Number.isNaN(value) ? null : value', 'return value']],
  ),
  ...of(
    'dashboard/auth.ts',
    ['test/dashboard/auth.test.ts'],
    [
      [
        'an origin is compared by its beginning',
        'origin !== `http://${host}` &&',
        '!origin.startsWith(`http://${host}`) &&',
      ],
      ['any name is this machine', 'if (token === undefined && !loopbackHost.test(host)) {', 'if (false) {'],
    ],
  ),
  ...of(
    'dashboard/limits.ts',
    ['test/dashboard/view.test.ts'],
    [['the page counts this process alone', 'left: leftToAll ?? budgets.connects.left', 'left: budgets.connects.left']],
  ),
  ...of(
    'app/observe/status/market-health.ts',
    ['test/app/observe/status/verdicts.test.ts'],
    [['stale subscriptions are no trouble', 'if (stale > 0)', 'if (stale > 1_000)']],
  ),
  ...of(
    'dashboard/bar-history.ts',
    ['test/dashboard/bar-history.test.ts'],
    [['a minute that lacks a part is called whole', 'onForgotten: lack }', 'onForgotten: () => {} }']],
  ),
]
