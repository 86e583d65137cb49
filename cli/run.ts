// `kis-stream run`: a service on the terminal. Events on standard output, logs on standard error.
import { keySettings } from '../app/settings/lines.ts'
import { overflowOf } from '../app/feed/subscriptions.ts'
import { openService } from '../app/service.ts'
import { commandSchema, keptFolder } from '../app/settings/setting-list.ts'
import { type FeedSettings, readSettings, SettingsError } from '../app/settings/settings.ts'
import { dashboardSettings, pageOf, sayWhere } from './dashboard.ts'
import { defaultChannels, feedSettings } from './input/environment.ts'
import { clockOf } from './input/hour.ts'
import { readInput, reportMistakes, strayWords } from './input/usage-errors.ts'
import { defaultRecording } from './replay.ts'
import { createLog } from './terminal/log.ts'
import { standardError, unwritable } from './terminal/output.ts'
import { printLines, printNothing, printPretty } from './terminal/print-events.ts'
import { say } from './terminal/say.ts'
import { stopSignal } from './terminal/stop-signal.ts'

/** What a newcomer sees: whichever market has its turn, something moves. */
const showcase = 'KRX:005930,KRX:000660,KRX:035420,NAS:AAPL,NAS:NVDA'

const runSettings = commandSchema.pick({
  jobs: true,
  redisUrl: true,
  dataFolder: true,
  format: true,
  record: true,
  allowUnplaced: true,
  logLevel: true,
})

export function run(flags: Readonly<Record<string, unknown>>, words: readonly string[]): Promise<void> {
  return stream('run', flags, words)
}

/** `kis-stream record`: the same feed, and nothing is printed. */
export function record(flags: Readonly<Record<string, unknown>>, words: readonly string[]): Promise<void> {
  const [folder = defaultRecording, ...others] = words
  const isFlag = folder.startsWith('-')
  return stream('record', { ...flags, record: isFlag ? defaultRecording : folder }, isFlag ? words : others)
}

async function stream(
  command: 'run' | 'record',
  flags: Readonly<Record<string, unknown>>,
  words: readonly string[],
): Promise<void> {
  const order = readOrder(command, flags, words)
  if (order instanceof SettingsError) return reportMistakes(order, command)
  const { settings, clock, isDemonstration, page } = order
  const { jobs, redisUrl, dataFolder, record: recordFolder, format, logLevel } = order.output
  const service = await openService({
    settings,
    clock,
    log: createLog(logLevel),
    isDemonstration,
    dataFolder: keptFolder(dataFolder),
    recordFolder,
    jobs,
    redisUrl,
    dashboard: pageOf(page),
  }).catch((error: Error) => error)
  if (service instanceof Error) return refuse(command, service)
  if (isDemonstration) {
    say('No KIS keys set: streaming a generated market from a simulator in this process (KIS_APP_KEY, KIS_APP_SECRET).')
  }
  if (recordFolder !== undefined) say(`Recording to ${recordFolder}. Ctrl-C ends it.`)
  const print = format === 'ndjson' ? printLines : printPretty
  const printed = command === 'record' ? printNothing() : print(service.feed)
  // From here on: a reader who knows where the dashboard is may ask for the end at once.
  const asked = stopSignal(
    'Stopping: releasing subscriptions and waiting out the grace. Once more to leave at once.',
  ).then(code => ({ code, reason: undefined }))
  const late = await service.start().then(
    ({ dashboard }) => sayWhere(dashboard, page),
    (error: Error) => error,
  )
  if (late !== undefined) refuse(command, late)
  const { code, reason } =
    late === undefined ? await Promise.race([asked, printed.closed]) : { code: 1, reason: undefined }
  if (reason !== undefined) say(unwritable(command, reason), 'error')

  let isWritten = false
  const leftBehind = await service.stop(async () => {
    isWritten = await printed.flush()
  })
  if (leftBehind.length > 0) say(`kis-stream ${command}: left without waiting for ${leftBehind.join(', ')}`, 'error')
  await standardError().drained(lastLinesMs)
  process.exit(code === 0 && (!isWritten || leftBehind.length > 0) ? 1 : code)
}

/** For the last lines of a log whose reader may have stalled. */
const lastLinesMs = 100

/** What was asked for, or every mistake in it. */
function readOrder(command: 'run' | 'record', flags: Readonly<Record<string, unknown>>, words: readonly string[]) {
  const { input, nameOf, mistakes: inputMistakes } = readInput(command, flags)
  const isDemonstration = [
    ...keySettings.flatMap(({ key, secret }) => [key, secret]),
    'restUrl',
    'socketUrl',
    'koreanSocketUrl',
    'usSocketUrl',
  ].every(name => input[name] === undefined)
  const complete = {
    ...(input['subscribe'] === undefined ? { instruments: showcase } : {}),
    channels: defaultChannels,
    ...input,
    ...(isDemonstration ? demonstrationKeys(input['schedule']) : {}),
  }
  const mistakes = [...strayWords(words), ...inputMistakes]
  const output = runSettings.safeParse(input)
  const page = dashboardSettings.safeParse(input)
  for (const issue of [...(output.error?.issues ?? []), ...(page.error?.issues ?? [])]) {
    mistakes.push(`${nameOf(String(issue.path[0]))} ${issue.message}`)
  }
  const settings = settingsOr(mistakes, complete, nameOf)
  // The simulator of a demonstration is on loopback as well.
  const addresses = settings === undefined || isDemonstration ? [] : addressesOf(settings)
  const clock = clockOf(flags['at'], addresses, mistakes)
  if (settings !== undefined && output.data?.allowUnplaced === false) mistakes.push(...unplacedIn(settings))
  if (settings === undefined || !output.success || !page.success || mistakes.length > 0) {
    return new SettingsError(mistakes)
  }
  return { settings, clock, isDemonstration, output: output.data, page: page.data }
}

/** The simulator welcomes any key, but one session for each, as KIS does. */
function demonstrationKeys(schedule: unknown) {
  const keys = { appKey: 'demonstration', appSecret: 'demonstration' }
  return schedule === 'side-by-side' ? { ...keys, usAppKey: 'demonstration-us', usAppSecret: 'demonstration-us' } : keys
}

function refuse(command: string, error: Error): void {
  say(`kis-stream ${command}: ${error.message}`, 'error')
  process.exitCode = 1
}

function settingsOr(
  mistakes: string[],
  input: Readonly<Record<string, unknown>>,
  nameOf: (setting: string) => string,
): FeedSettings | undefined {
  try {
    return readSettings(feedSettings(input), nameOf)
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    mistakes.push(...error.problems)
    return undefined
  }
}

function addressesOf({ restUrl, endpoints }: FeedSettings): string[] {
  return [restUrl, endpoints.KR.url, endpoints.US.url]
}

/** A sentence for each market that needs more slots than its line has: KIS would refuse the last ones. */
function unplacedIn(settings: FeedSettings): string[] {
  return overflowOf(settings)
    .filter(({ market }) => settings.market === 'auto' || settings.market === market)
    .map(({ says, slots, most }) => {
      const tooMany = slots - most
      return `${says}: leave out ${tooMany} (fewer instruments, or --channels trade alone), or divide them over app keys, one process each; --allow-unplaced goes without the last ${tooMany}`
    })
}
