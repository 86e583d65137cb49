// `kis-stream run`: a feed on the terminal. Events on standard output, logs on standard error.
import { z } from 'zod'
import { composeFeed, type Feed } from '../app/feed.ts'
import { type FeedSettings, readSettings, SettingsError } from '../app/settings.ts'
import { jsonLines } from '../sinks/json-lines.ts'
import { generatedTape } from '../simulator/generated-tape.ts'
import { type Simulator, startSimulator } from '../simulator/server.ts'
import { dashboardSettings, openDashboard } from './dashboard.ts'
import { loadEnvironmentFile, readEnvironment } from './environment.ts'
import { createLog, logLevels } from './log.ts'
import { reportMistakes, strayWords } from './mistakes.ts'
import { observe } from './observation.ts'
import { prettyPrinter } from './pretty.ts'

/** What a newcomer sees: whichever market has its turn, something moves. */
const showcase = { instruments: 'KRX:005930,KRX:000660,KRX:035420,NAS:AAPL,NAS:NVDA', channels: 'trade,order-book' }

const outputSettings = z.object({
  output: z
    .enum(['pretty', 'ndjson'], { error: issue => `'${String(issue.input)}'; expected pretty, ndjson` })
    .default('pretty'),
  dataFolder: z.string({ error: 'needs a folder, or off' }).default('.kis-stream'),
  logLevel: z
    .enum(logLevels, { error: issue => `'${String(issue.input)}'; expected ${logLevels.join(', ')}` })
    .default('info'),
})

export async function run(flags: Readonly<Record<string, unknown>>, words: readonly string[]): Promise<void> {
  const fileProblem = loadEnvironmentFile()
  // A flag that begins with `no` is true when it was not given, which would win over the environment.
  const { dashboard: isWanted, ...others } = flags
  const { told, nameOf } = readEnvironment(isWanted === false ? flags : others, process.env)
  const isDemonstration = ['appKey', 'appSecret', 'restUrl', 'socketUrl', 'koreanSocketUrl', 'usSocketUrl'].every(
    name => told[name] === undefined,
  )
  const complete = {
    ...showcase,
    ...told,
    ...(isDemonstration ? { appKey: 'demonstration', appSecret: 'demonstration' } : {}),
  }
  const mistakes = strayWords(words)
  if (fileProblem !== undefined) mistakes.push(fileProblem)
  const output = outputSettings.safeParse(told)
  const page = dashboardSettings.safeParse(told)
  for (const issue of [...(output.error?.issues ?? []), ...(page.error?.issues ?? [])]) {
    mistakes.push(`${nameOf(String(issue.path[0]))} ${issue.message}`)
  }
  const settings = settingsOr(mistakes, complete, nameOf)
  if (settings === undefined || !output.success || !page.success)
    return reportMistakes(new SettingsError(mistakes), 'run')

  // A demonstration has nothing to remember: its market begins anew with each run.
  const dataFolder = isDemonstration || output.data.dataFolder === 'off' ? undefined : output.data.dataFolder
  const log = createLog(output.data.logLevel, output.data.output === 'pretty')
  const simulator = isDemonstration ? await startSimulator({ tape: generatedTape() }) : undefined
  if (simulator !== undefined) {
    process.stderr.write(
      'No KIS keys set: streaming a generated market from a simulator in this process (KIS_APP_KEY, KIS_APP_SECRET).\n',
    )
  }
  const feed = composeFeed(simulator === undefined ? settings : pointedAt(simulator, settings), {
    log,
    dataFolder: dataFolder ?? false,
  })
  const printed = output.data.output === 'ndjson' ? printLines(feed) : printPretty(feed)
  const observation = observe(feed, { settings, log, dataFolder })
  const { metrics, health } = observation
  // From here on: who reads where the dashboard is may ask for the end at once.
  const stopping = stopSignal()
  const dashboard = await openDashboard(feed, page.data, { isDemonstration, metrics, health })
  feed.start()
  const exitCode = await Promise.race([stopping, printed.closed])
  await feed.stop()
  observation.stop()
  await printed.flush()
  await dashboard?.stop()
  await simulator?.stop()
  process.exit(exitCode)
}

function settingsOr(
  mistakes: string[],
  told: Readonly<Record<string, unknown>>,
  nameOf: (setting: string) => string,
): FeedSettings | undefined {
  try {
    const settings = readSettings(told, nameOf)
    return mistakes.length === 0 ? settings : undefined
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    mistakes.push(...error.problems)
    return undefined
  }
}

function pointedAt(simulator: Simulator, settings: FeedSettings): FeedSettings {
  const endpoint = { url: `${simulator.wsUrl}/tryitout` }
  return { ...settings, restUrl: simulator.restUrl, endpoints: { KR: endpoint, US: endpoint } }
}

type Printed = {
  /** Settles when nobody reads any more. */
  readonly closed: Promise<number>
  flush(): Promise<void>
}

function printLines(feed: Feed): Printed {
  let close = (_code: number) => {}
  const closed = new Promise<number>(resolve => {
    close = resolve
  })
  const lines = jsonLines({
    to: 1,
    onClosed: () => close(0),
    onDropped: count => feed.noteDropped('standard output', count),
  })
  feed.attach(lines, 'standard output')
  return { closed, flush: () => lines.close() }
}

function printPretty(feed: Feed): Printed {
  const closed = new Promise<number>(resolve => process.stdout.on('error', () => resolve(0)))
  feed.attach(
    prettyPrinter(text => void process.stdout.write(text), process.stdout.isTTY),
    'standard output',
  )
  return {
    closed,
    flush: () => new Promise(resolve => process.stdout.write('', () => resolve())),
  }
}

/** The first signal asks for a graceful end, which takes the grace; the second one does not wait for it. */
function stopSignal(): Promise<number> {
  return new Promise(resolve => {
    let isStopping = false
    const stop = () => {
      if (isStopping) process.exit(130)
      isStopping = true
      process.stderr.write('Stopping: releasing subscriptions and waiting out the grace. Once more to leave at once.\n')
      resolve(0)
    }
    process.on('SIGINT', stop)
    process.on('SIGTERM', stop)
  })
}
