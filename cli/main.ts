#!/usr/bin/env node
// The `kis-stream` command. Each subcommand parses its words and calls one function, whose file is loaded when it is called: a decoder in
// a pipe does not wait for a web server.
import { Command, CommanderError } from 'commander'
import { version } from '../app/operations/version.ts'
import { faultHelp } from '../simulator/faults/script.ts'
import { misuse, rememberFlags } from './input/usage-errors.ts'
import { endWithOutput } from './terminal/output.ts'
import { sayFor } from './terminal/say.ts'

const program = new Command('kis-stream')
  .description('Real-time market data from the Korea Investment & Securities (KIS) Open API.')
  .version(version, '--version', 'print the version')
  .exitOverride()
  .showHelpAfterError("See 'kis-stream --help'.")
  .hook('preAction', (_, command) => rememberFlags(command.options.flatMap(({ long }) => long ?? [])))

/** Values are optional to the parser, so that a missing one is reported together with every other mistake. */
function subcommand(name: string, description: string): Command {
  return program.command(name).description(description).exitOverride().allowUnknownOption().allowExcessArguments()
}

/** For a flag that may be given many times. */
function collect(value: string, earlier: unknown): unknown[] {
  return [...(Array.isArray(earlier) ? earlier : []), value]
}

/** What `run` and `record` watch, and where they remember it. */
function watching(command: Command): Command {
  return command
    .option('--instruments [list]', 'what to watch, as KRX:005930,NAS:AAPL (KIS_INSTRUMENTS)')
    .option('--channels [list]', 'trade, order-book, or ids of KIS transactions such as H0STPGM0 (KIS_CHANNELS)')
    .option(
      '--subscribe [list]',
      'single pairs besides, as KRX:005930@trade+order-book,KRX:0001@H0UPCNT0 (KIS_SUBSCRIBE)',
    )
    .option('--allow-unplaced', 'go without what is more than the 41 slots of an app key (KIS_ALLOW_UNPLACED)')
    .option('--market [market]', 'auto follows the schedule; KR or US holds that market (KIS_MARKET)')
    .option('--schedule [name]', 'operating-guide, korean-after-market, or side-by-side on two app keys (KIS_SCHEDULE)')
    .option('--calendar [file]', 'days you know better than the announced holidays, as JSON (KIS_CALENDAR)')
    .option('--columns [list]', "further columns of trades and books by KIS's own names (KIS_COLUMNS)")
    .option(
      '--data-folder [folder]',
      'where the last seen state is kept across restarts; off keeps none (KIS_DATA_FOLDER)',
    )
    .option('--log-level [level]', 'silent, error, warn, info or debug, on standard error (KIS_LOG_LEVEL)')
    .option('--jobs [where]', 'here: work on jobs in this process; elsewhere: put them in for a worker; off (KIS_JOBS)')
    .option('--no-jobs', 'the stream alone: no Redis, gaps are reported and not repaired')
}

watching(subcommand('run', 'stream market events; without KIS keys, from a simulator inside this process'))
  .option('--format [format]', 'pretty for people, ndjson for programs: one event a line (KIS_FORMAT)')
  .option('--record [folder]', 'keep every frame as it came as well, for a replay (KIS_RECORD)')
  .option('--dashboard-port [port]', 'where the dashboard is, 8710 or the next free one (KIS_DASHBOARD_PORT)')
  .option('--dashboard-host [address]', 'elsewhere than 127.0.0.1 only with KIS_DASHBOARD_TOKEN (KIS_DASHBOARD_HOST)')
  .option('--no-dashboard', 'without the dashboard (KIS_DASHBOARD=off)')
  .option(
    '--at [time]',
    'an hour of your own, as 2026-11-20T08:29:45+09:00; only with a simulator or another stand-in on loopback',
  )
  .option('--inspect', 'record the machines from the start, and feed the Stately inspector (KIS_INSPECT)')
  .action(async (flags, command: Command) => (await import('./run.ts')).run(flags, command.args))

watching(
  subcommand('record [folder]', 'keep every frame as it came, in ./recordings or the folder named; shows nothing'),
).action(async (_folder, flags, command: Command) => (await import('./run.ts')).record(flags, command.args))

subcommand('recordings [folder]', 'what was recorded: day, instruments, records, gaps, size, integrity')
  .option('--json', 'one day a line, for programs')
  .option('--verify', 'read every block, instead of the indexes alone')
  .action(async (_folder, flags, command: Command) => (await import('./recordings.ts')).recordings(flags, command.args))

subcommand('replay [folder]', 'what was recorded, as events, from ./recordings or the folder named')
  .option('--date [date]', 'a trading date, as 2026-09-14; default: all')
  .option('--from [time]', "Korea's time on that date, as 09:00 or 26:30, or an instant; default: its beginning")
  .option('--to [time]', 'up to this; default: its end')
  .option('--speed [speed]', '1 as it came, 10 ten times as fast, max as fast as it can be read', '1')
  .option('--instruments [list]', 'only these, as KRX:005930,NAS:AAPL')
  .option('--columns [list]', "further columns of trades and books by KIS's own names; default: those of then")
  .option('--format [format]', 'pretty for people, ndjson for programs: one event a line', 'pretty')
  .action(async (_folder, flags, command: Command) => (await import('./replay.ts')).replay(flags, command.args))

subcommand('worker', 'work on jobs, and nothing else; as many as you like, wherever Redis is reached (REDIS_URL)')
  .option('--data-folder [folder]', 'where a Redis of our own is kept when REDIS_URL is not set (KIS_DATA_FOLDER)')
  .option('--log-level [level]', 'silent, error, warn, info or debug, on standard error (KIS_LOG_LEVEL)')
  .action(async (flags, command: Command) => (await import('./worker.ts')).worker(flags, command.args))

subcommand('job [what...]', 'do one job now and print what came of it')
  .usage(
    '[options] token-refresh | key-validation | gap-validation KRX:005930 09:00 09:05 | certificate 2026-11-20 | list',
  )
  .option('--instruments [list]', 'what is watched: Nextrade counts for key-validation where it is (KIS_INSTRUMENTS)')
  .option('--dry-run', 'key-validation: say whether it may be done, and call nobody')
  .option('--at [time]', 'key-validation: whether it may be done at another time, as 2026-11-20T20:30:00+09:00')
  .option('--date [date]', 'gap-validation: the Korean date of the two times; default: today')
  .option('--data-folder [folder]', 'where a Redis of our own is kept when REDIS_URL is not set (KIS_DATA_FOLDER)')
  .option('--log-level [level]', 'silent, error, warn, info or debug, on standard error (KIS_LOG_LEVEL)')
  .action(async (_what, flags, command: Command) => (await import('./job.ts')).job(flags, command.args))

subcommand('simulate', 'be KIS, on loopback')
  .option('--port [port]', 'where to listen; 0 takes any free port', '18800')
  .option('--tape [file]', 'send captured frames, one a line, instead of a generated market')
  .option('--recording [folder]', 'serve a day that was recorded, as it came, with its bars and executions over REST')
  .option('--date [date]', 'which one, as 2026-09-14; default: the last one')
  .option('--from [time]', "where it begins, by Korea's time on that date, as 09:00; default: with its first frame")
  .option('--speed [speed]', 'of a recording: 1 as it came, 10 ten times as fast, max as fast as it is taken', '1')
  .option('--rate [rate]', 'records per second (frames, with a tape)', '20')
  .option('--seed [seed]', 'another number, another market', '1')
  .option('--width [widths]', 'layouts of before, as trade=46,book=59')
  .option('--notices [every]', 'an order is accepted and filled so often, as every=5s, for account notices')
  .option('--at [time]', 'an hour of your own, as 2026-11-20T08:29:45+09:00')
  .option('--fault [fault]', 'trouble to make, as cut@30s; may be given many times (see below)', collect)
  .addHelpText('after', faultHelp)
  .action(async (flags, command: Command) => (await import('./simulate.ts')).simulate(flags, command.args))

subcommand('decode [file]', 'frames, one a line, from a file or standard input, as events (NDJSON)')
  .option('--date [date]', 'the Korean date of books, which carry none, as 2026-06-08; default: today')
  .option('--columns [list]', "further columns of trades and books by KIS's own names")
  .action(async (_file, flags, command: Command) => (await import('./decode.ts')).decode(flags, command.args))

subcommand(
  'machines',
  'print the state machines: as Mermaid diagrams, as JSON for the Stately editor, or as the page in docs/',
)
  .option('--format [format]', 'mermaid, json or markdown', 'mermaid')
  .option('--machine [machine]', 'socket or feed; default: both')
  .action(async (flags, command: Command) => (await import('./machines.ts')).printMachines(flags, command.args))

subcommand('doctor', 'look at everything a feed depends on, and say what to do; uses no key')
  .option('--json', 'the findings as JSON')
  .option('--instruments [list]', 'what would be watched (KIS_INSTRUMENTS)')
  .option('--channels [list]', 'on which channels (KIS_CHANNELS)')
  .option('--subscribe [list]', 'single pairs besides (KIS_SUBSCRIBE)')
  .option('--allow-unplaced', 'more than 41 slots are no error (KIS_ALLOW_UNPLACED)')
  .option('--market [market]', 'auto, KR or US (KIS_MARKET)')
  .option('--schedule [name]', 'at what hours which market has the line (KIS_SCHEDULE)')
  .option('--calendar [file]', 'days you know better than the announced holidays, as JSON (KIS_CALENDAR)')
  .option('--data-folder [folder]', 'where feeds keep what they last saw (KIS_DATA_FOLDER)')
  .addHelpText(
    'after',
    '\nExit code: 0 when all is well, 1 with warnings, 3 with errors; 2 when it was called wrongly.',
  )
  .action(async (flags, command: Command) => (await import('./doctor.ts')).doctor(flags, command.args))

subcommand('support-bundle', 'gather what somebody needs to help, without secrets, in one archive')
  .option('--file [file]', 'where to write it; default: kis-stream-support-DATE-TIME.tar.gz')
  .option('--data-folder [folder]', 'where feeds keep what they last saw (KIS_DATA_FOLDER)')
  .action(async (flags, command: Command) => (await import('./support-bundle.ts')).supportBundle(flags, command.args))

subcommand(
  'export [folder]',
  'what was recorded in ./recordings or the folder named, as tables: trades, order books, bars, gaps, and everything else',
)
  .option('--output [folder]', 'where the tables go; what was exported for the same dates before is replaced', 'tables')
  .option('--format [format]', 'parquet or csv', 'parquet')
  .option('--date [dates]', 'trading dates, as 2026-11-20, separated by commas; default: all that were recorded')
  .option('--instruments [list]', 'only these, as KRX:005930,NAS:AAPL')
  .option('--bars [interval]', 'as 1s, 1m, 15m, 1h or 1d', '1m')
  .action(async (_folder, flags, command: Command) => (await import('./export.ts')).exportTables(flags, command.args))

subcommand('import [file]', 'a text capture, one frame a line, as a recording; - reads standard input')
  .option('--output [folder]', 'where the recording goes', 'recordings')
  .option('--date [date]', 'the Korean date of its first line, as 2026-06-08, where the lines do not tell it')
  .action(async (_file, flags, command: Command) => (await import('./import.ts')).importText(flags, command.args))

const called = process.argv[2] ?? ''
endWithOutput(called, sayFor(called))
try {
  await program.parseAsync()
} catch (error) {
  if (!(error instanceof CommanderError)) throw error
  // Commander has printed help or its complaint already.
  process.exitCode = error.exitCode === 0 ? 0 : misuse
}
