#!/usr/bin/env node
// The `kis-stream` command. Each subcommand parses its words and calls one function, whose file is loaded when it is called: a decoder in
// a pipe does not wait for a web server.
import { Command, CommanderError } from 'commander'
import { faultHelp } from '../simulator/fault-script.ts'
import { misuse } from './mistakes.ts'

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

subcommand('run', 'stream market events; without KIS keys, from a simulator inside this process')
  .option('--instruments [list]', 'what to watch, as KRX:005930,NAS:AAPL (KIS_INSTRUMENTS)')
  .option('--channels [list]', 'trade, order-book, or ids of KIS transactions such as H0STPGM0 (KIS_CHANNELS)')
  .option('--market [market]', 'auto follows the schedule; KR or US holds that market (KIS_MARKET)')
  .option('--columns [list]', "further columns of trades and books by KIS's own names (KIS_COLUMNS)")
  .option(
    '--data-folder [folder]',
    'where the last seen state is kept across restarts; off keeps none (KIS_DATA_FOLDER)',
  )
  .option('--output [format]', 'pretty for people, ndjson for programs: one event a line (KIS_OUTPUT)')
  .option('--log-level [level]', 'silent, error, warn, info or debug, on standard error (KIS_LOG_LEVEL)')
  .option('--dashboard-port [port]', 'where the dashboard is, 8710 or the next free one (KIS_DASHBOARD_PORT)')
  .option('--dashboard-host [address]', 'elsewhere than 127.0.0.1 only with KIS_DASHBOARD_TOKEN (KIS_DASHBOARD_HOST)')
  .option('--no-dashboard', 'without the dashboard (KIS_DASHBOARD=off)')
  .option('--inspect', 'record the machines from the start, and feed the Stately inspector (KIS_INSPECT)')
  .action(async (flags, command: Command) => (await import('./run.ts')).run(flags, command.args))

subcommand('simulate', 'be KIS, on loopback')
  .option('--port [port]', 'where to listen; 0 takes any free port', '18800')
  .option('--tape [file]', 'send captured frames, one a line, instead of a generated market')
  .option('--rate [rate]', 'records per second (frames, with a tape)', '20')
  .option('--seed [seed]', 'another number, another market', '1')
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
  .option('--market [market]', 'auto, KR or US (KIS_MARKET)')
  .option('--data-folder [folder]', 'where feeds keep what they last saw (KIS_DATA_FOLDER)')
  .addHelpText(
    'after',
    '\nExit code: 0 when all is well, 1 with warnings, 3 with errors; 2 when it was called wrongly.',
  )
  .action(async (flags, command: Command) => (await import('./doctor.ts')).doctor(flags, command.args))

subcommand('support-bundle', 'gather what somebody needs to help, without secrets, in one archive')
  .option('--output [file]', 'where to write it; default: kis-stream-support-DATE-TIME.tar.gz')
  .option('--data-folder [folder]', 'where feeds keep what they last saw (KIS_DATA_FOLDER)')
  .action(async (flags, command: Command) => (await import('./support-bundle.ts')).supportBundle(flags, command.args))

try {
  await program.parseAsync()
} catch (error) {
  if (!(error instanceof CommanderError)) throw error
  // Commander has printed help or its complaint already.
  process.exitCode = error.exitCode === 0 ? 0 : misuse
}
