#!/usr/bin/env node
// The `kis-stream` command. Each subcommand parses its words and calls one function.
import { Command, CommanderError } from 'commander'
import { faultHelp } from '../simulator/fault-script.ts'
import { decode } from './decode.ts'
import { exportTables } from './export.ts'
import { importText } from './import.ts'
import { misuse } from './mistakes.ts'
import { recordings } from './recordings.ts'
import { replay } from './replay.ts'
import { record, run } from './run.ts'
import { simulate } from './simulate.ts'

const program = new Command('kis-stream')
  .description('Real-time market data from the Korea Investment & Securities (KIS) Open API.')
  .exitOverride()
  .showHelpAfterError("See 'kis-stream --help'.")

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
  .option('--output [format]', 'pretty for people, ndjson for programs: one event a line (KIS_OUTPUT)')
  .option('--record [folder]', 'keep every frame as it came as well, for a replay (KIS_RECORD)')
  .action((flags, command: Command) => run(flags, command.args))

watching(
  subcommand('record [folder]', 'keep every frame as it came, in ./recordings or the folder named; shows nothing'),
).action((_folder, flags, command: Command) => record(flags, command.args))

subcommand('recordings [folder]', 'what was recorded: day, instruments, records, gaps, size, integrity')
  .option('--json', 'one day a line, for programs')
  .option('--verify', 'read every block, instead of the indexes alone')
  .action((_folder, flags, command: Command) => recordings(flags, command.args))

subcommand('replay [folder]', 'what was recorded, as events, from ./recordings or the folder named')
  .option('--date [date]', 'a trading date, as 2026-09-14; default: all')
  .option('--from [time]', "Korea's time on that date, as 09:00 or 26:30, or an instant; default: its beginning")
  .option('--to [time]', 'up to this; default: its end')
  .option('--speed [speed]', '1 as it came, 10 ten times as fast, max as fast as it can be read', '1')
  .option('--instruments [list]', 'only these, as KRX:005930,NAS:AAPL')
  .option('--columns [list]', "further columns of trades and books by KIS's own names; default: those of then")
  .option('--output [format]', 'pretty for people, ndjson for programs: one event a line', 'pretty')
  .action((_folder, flags, command: Command) => replay(flags, command.args))

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
  .option('--recording [folder]', 'serve a day that was recorded, as it came, with its bars and conclusions over REST')
  .option('--date [date]', 'which one, as 2026-09-14; default: the last one')
  .option('--from [time]', "where it begins, by Korea's time on that date, as 09:00; default: with its first frame")
  .option('--speed [speed]', 'of a recording: 1 as it came, 10 ten times as fast, max as fast as it is taken', '1')
  .option('--rate [rate]', 'records per second (frames, with a tape)', '20')
  .option('--seed [seed]', 'another number, another market', '1')
  .option('--fault [fault]', 'trouble to make, as cut@30s; may be given many times (see below)', collect)
  .addHelpText('after', faultHelp)
  .action((flags, command: Command) => simulate(flags, command.args))

subcommand('decode [file]', 'frames, one a line, from a file or standard input, as events (NDJSON)')
  .option('--date [date]', 'the Korean date of books, which carry none, as 2026-06-08; default: today')
  .option('--columns [list]', "further columns of trades and books by KIS's own names")
  .action((_file, flags, command: Command) => decode(flags, command.args))

subcommand('export [folder]', 'a recording as tables: trades, order books, bars, gaps, and everything else')
  .option('--output [folder]', 'where the tables go; what was exported for the same dates before is replaced')
  .option('--to [format]', 'parquet or csv', 'parquet')
  .option('--date [dates]', 'trading dates, as 2026-11-20, separated by commas; default: all that were recorded')
  .option('--instruments [list]', 'only these, as KRX:005930,NAS:AAPL')
  .option('--bars [interval]', 'as 1s, 1m, 15m, 1h or 1d', '1m')
  .action((_folder, flags, command: Command) => exportTables(flags, command.args))

subcommand('import [file]', 'a text capture, one frame a line, as a recording; - reads standard input')
  .option('--output [folder]', 'where the recording goes')
  .option('--date [date]', 'the Korean date of its first line, as 2026-06-08, where the lines do not tell it')
  .action((_file, flags, command: Command) => importText(flags, command.args))

try {
  await program.parseAsync()
} catch (error) {
  if (!(error instanceof CommanderError)) throw error
  // Commander has printed help or its complaint already.
  process.exitCode = error.exitCode === 0 ? 0 : misuse
}
