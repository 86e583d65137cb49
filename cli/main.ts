#!/usr/bin/env node
// The `kis-stream` command. Each subcommand parses its words and calls one function, whose file is loaded
// when it is called: `decode` in a pipe does not load a web server.
import { Command, CommanderError } from 'commander'
import { version } from '../app/operations/version.ts'
import { faultHelp } from '../simulator/faults/script.ts'
import { addSettings } from './input/flags.ts'
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

const watched = [
  'instruments',
  'channels',
  'subscribe',
  'allowUnplaced',
  'market',
  'schedule',
  'calendarFile',
  'columns',
  'dataFolder',
  'logLevel',
  'jobs',
] as const

addSettings(subcommand('run', 'stream market events; without KIS keys, from a simulator inside this process'), [
  ...watched,
  'format',
  'record',
  'dashboard',
  'dashboardPort',
  'dashboardHost',
  'inspect',
])
  .option(
    '--at [time]',
    'a time of your own, as 2026-11-20T08:29:45+09:00; only with a simulator or another stand-in on loopback',
  )
  .action(async (flags, command: Command) => (await import('./run.ts')).run(flags, command.args))

addSettings(
  subcommand('record [folder]', 'keep every frame as it came, in ./recordings or the folder named; shows nothing'),
  watched,
).action(async (_folder, flags, command: Command) => (await import('./run.ts')).record(flags, command.args))

subcommand('recordings [folder]', 'list a recording: day, instruments, records, gaps, size, integrity')
  .option('--json', 'one day a line, for programs')
  .option('--verify', 'read every block, instead of the indexes alone')
  .action(async (_folder, flags, command: Command) => (await import('./recordings.ts')).recordings(flags, command.args))

subcommand('replay [folder]', 'play a recording as events, from ./recordings or the folder named')
  .option('--date [date]', 'a trading date, as 2026-09-14; default: all')
  .option('--from [time]', "Korea's time on that date, as 09:00 or 26:30, or an instant; default: its beginning")
  .option('--to [time]', 'up to this; default: its end')
  .option('--speed [speed]', '1 as it came, 10 ten times as fast, max as fast as it can be read', '1')
  .option('--instruments [list]', 'only these, as KRX:005930,NAS:AAPL')
  .option('--columns [list]', "further columns of trades and books, by KIS's names; default: those of the recording")
  .option('--format [format]', 'pretty for people, ndjson for programs: one event a line', 'pretty')
  .action(async (_folder, flags, command: Command) => (await import('./replay.ts')).replay(flags, command.args))

addSettings(
  subcommand('worker', 'work on jobs, and nothing else; as many as you like, wherever Redis is reached (REDIS_URL)'),
  ['dataFolder', 'logLevel'],
).action(async (flags, command: Command) => (await import('./worker.ts')).worker(flags, command.args))

addSettings(subcommand('job [what...]', 'do one job now and print what came of it'), [
  'instruments',
  'dataFolder',
  'logLevel',
])
  .usage(
    '[options] token-refresh | key-validation | gap-validation KRX:005930 09:00 09:05 | certificate 2026-11-20 | list',
  )
  .option('--dry-run', 'key-validation: only report whether it is allowed now; no call is made')
  .option('--at [time]', 'key-validation: only report whether it is allowed at that time, as 2026-11-20T20:30:00+09:00')
  .option('--date [date]', 'gap-validation: the Korean date of the two times; default: today')
  .action(async (_what, flags, command: Command) => (await import('./job.ts')).job(flags, command.args))

subcommand('simulate', 'be KIS, on loopback')
  .option('--port [port]', 'where to listen; 0 takes any free port', '18800')
  .option('--tape [file]', 'send captured frames, one a line, instead of a generated market')
  .option('--recording [folder]', 'serve a recorded day as it came, with its bars and executions over REST')
  .option('--date [date]', 'which one, as 2026-09-14; default: the last one')
  .option('--from [time]', "where it begins, by Korea's time on that date, as 09:00; default: with its first frame")
  .option('--speed [speed]', 'of a recording: 1 as it came, 10 ten times as fast, max as fast as it is taken', '1')
  .option('--rate [rate]', 'records per second (frames, with a tape)', '20')
  .option('--seed [seed]', 'another number, another market', '1')
  .option('--width [widths]', 'older layouts, as trade=46,book=59')
  .option('--notices [every]', 'account notices: an order is accepted and filled every so often, as every=5s')
  .option('--at [time]', 'a time of your own, as 2026-11-20T08:29:45+09:00')
  .option('--fault [fault]', 'trouble to cause, as cut@30s; can be repeated (see below)', collect)
  .addHelpText('after', faultHelp)
  .action(async (flags, command: Command) => (await import('./simulate.ts')).simulate(flags, command.args))

subcommand('decode [file]', 'frames, one a line, from a file or standard input, as events (NDJSON)')
  .option('--date [date]', 'the Korean date of books, which carry none, as 2026-06-08; default: today')
  .option('--columns [list]', "further columns of trades and books, by KIS's names")
  .action(async (_file, flags, command: Command) => (await import('./decode.ts')).decode(flags, command.args))

subcommand(
  'machines',
  'print the state machines: as Mermaid diagrams, as JSON for the Stately editor, or as the page in docs/',
)
  .option('--format [format]', 'mermaid, json or markdown', 'mermaid')
  .option('--machine [machine]', 'feed, line or socket; default: all of them')
  .action(async (flags, command: Command) => (await import('./machines.ts')).printMachines(flags, command.args))

addSettings(subcommand('doctor', 'check everything a feed depends on, and advise what to do; uses no key'), [
  'instruments',
  'channels',
  'subscribe',
  'allowUnplaced',
  'market',
  'schedule',
  'calendarFile',
  'dataFolder',
])
  .option('--json', 'the findings as JSON')
  .addHelpText(
    'after',
    '\nExit code: 0 when all is well, 1 with warnings, 3 with errors; 2 when it was called wrongly.',
  )
  .action(async (flags, command: Command) => (await import('./doctor.ts')).doctor(flags, command.args))

addSettings(subcommand('support-bundle', 'gather what others need to help you, without secrets, in one archive'), [
  'dataFolder',
])
  .option('--file [file]', 'where to write it; default: kis-stream-support-DATE-TIME.tar.gz')
  .action(async (flags, command: Command) => (await import('./support-bundle.ts')).supportBundle(flags, command.args))

subcommand('export [folder]', 'write a recording as tables: trades, order books, bars, gaps, and everything else')
  .option('--output [folder]', 'where the tables go; what was exported for the same dates before is replaced', 'tables')
  .option('--format [format]', 'parquet or csv', 'parquet')
  .option('--date [dates]', 'trading dates, as 2026-11-20, separated by commas; default: all that were recorded')
  .option('--instruments [list]', 'only these, as KRX:005930,NAS:AAPL')
  .option('--bars [interval]', 'as 1s, 1m, 15m, 1h or 1d', '1m')
  .action(async (_folder, flags, command: Command) => (await import('./export.ts')).exportTables(flags, command.args))

subcommand('import [file]', 'a text capture, one frame a line, as a recording; - reads standard input')
  .option('--output [folder]', 'where the recording goes', 'recordings')
  .option('--date [date]', 'the Korean date of its first line, as 2026-06-08, where the lines do not show it')
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
