// `kis-stream doctor`: looks at everything a feed depends on, says what is wrong and what to do about it. It
// uses no key.
import { SettingsError } from '../app/settings/settings.ts'
import { visible } from '../market/basics/visible-text.ts'
import { createRedaction } from '../kis/redaction.ts'
import { examineBanRisk } from './doctor/ban-risk.ts'
import { examineCalendar } from './doctor/calendar.ts'
import { examineClock } from './doctor/clock.ts'
import { examineConfiguration } from './doctor/configuration.ts'
import { examineEndpoints } from './doctor/endpoints.ts'
import { examineEnvironment } from './doctor/environment.ts'
import { type Check, exitCodeOf, type Finding, type Context } from './doctor/finding.ts'
import { examineKeys } from './doctor/keys.ts'
import { examineLastRun } from './doctor/last-run.ts'
import { examineRedis } from './doctor/redis.ts'
import { reportOf } from './doctor/report.ts'
import { examineSlots } from './doctor/slots.ts'
import { reportMistakes, strayWords } from './input/usage-errors.ts'
import { readContext, secretsOf } from './doctor/context.ts'

const checks: readonly Check[] = [
  examineEnvironment,
  examineConfiguration,
  examineKeys,
  examineSlots,
  examineCalendar,
  examineClock,
  examineEndpoints,
  examineRedis,
  examineBanRisk,
  examineLastRun,
]

export async function doctor(flags: Readonly<Record<string, unknown>>, words: readonly string[]): Promise<void> {
  const mistakes = strayWords(words)
  if (mistakes.length > 0) return reportMistakes(new SettingsError(mistakes), 'doctor')
  const context = readContext(flags)
  const findings = (await examine(context)).map(printable)
  const text =
    flags['json'] === true ? `${JSON.stringify(findings, null, 2)}\n` : reportOf(findings, process.stdout.isTTY)
  process.stdout.write(createRedaction(secretsOf(context)).report(text))
  process.exitCode = exitCodeOf(findings)
}

/** Certificates, servers and files may say what they like. */
function printable({ found, remedy, ...finding }: Finding): Finding {
  return { ...finding, found: visible(found), ...(remedy === undefined ? {} : { remedy: visible(remedy) }) }
}

export async function examine(context: Context): Promise<readonly Finding[]> {
  return (await Promise.all(checks.map(async check => await check(context)))).flat()
}
