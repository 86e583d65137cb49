// `kis-stream support-bundle`: everything somebody needs to help, in one archive, and nothing that opens a
// door. Every file goes through a last look for secrets before it is written.
import { keySettings } from '../app/settings/lines.ts'
import { readFileSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { SettingsError } from '../app/settings/settings.ts'
import { supportRecordFile } from '../app/operations/support-record.ts'
import { createRedaction } from '../kis/redaction.ts'
import { type ArchivedFile, tarOf } from '../app/operations/tar.ts'
import { ownPackage, version, versionOf } from '../app/operations/version.ts'
import { mostSubscriptions } from '../machines/ledger.ts'
import { defaultTiming } from '../machines/timing.ts'
import { formatKst } from '../market/calendar/korea-time.ts'
import { examine } from './doctor.ts'
import type { Context } from './doctor/finding.ts'
import { reportOf } from './doctor/report.ts'
import { misuse, reportMistakes, strayWords } from './input/usage-errors.ts'
import { readContext, secretsOf } from './doctor/context.ts'

export async function supportBundle(flags: Readonly<Record<string, unknown>>, words: readonly string[]): Promise<void> {
  const mistakes = strayWords(words)
  if (flags['file'] === true) mistakes.push('--file needs a name')
  if (mistakes.length > 0) return reportMistakes(new SettingsError(mistakes), 'support-bundle')
  const context = readContext(flags)
  const now = context.clock.now()
  const named = typeof flags['file'] === 'string' ? flags['file'] : `kis-stream-support-${stampOf(now)}.tar.gz`
  const files = await filesOf(context)
  try {
    writeFileSync(named, gzipSync(tarOf(files, now)), { mode: 0o600, flag: 'wx' })
  } catch (error) {
    process.stderr.write(`kis-stream support-bundle: ${(error as Error).message}\n`)
    process.exitCode = misuse
    return
  }
  const list = files.map(({ name, text }) => `  ${name} (${Buffer.byteLength(text)} bytes)`).join('\n')
  process.stdout.write(`${resolve(named)}

${list}

Without keys, tokens, account numbers and notices, as far as a machine can tell. Look through it before you give it away:

  tar -xzf ${named} -O | less
`)
}

async function filesOf(context: Context): Promise<ArchivedFile[]> {
  const findings = await examine(context)
  const record = recordText(context)
  const files = [
    { name: 'about.txt', text: about },
    { name: 'versions.json', text: json(versions()) },
    { name: 'configuration.json', text: json(configurationOf(context)) },
    { name: 'limits.json', text: json(limitsOf(context)) },
    { name: 'doctor.txt', text: reportOf(findings, false) },
    { name: 'doctor.json', text: json(findings) },
    ...(record === undefined ? [] : [{ name: 'last-run.json', text: record }]),
  ]
  const redaction = createRedaction(secretsOf(context))
  return files.map(({ name, text }) => ({ name: `kis-stream-support/${name}`, text: cleaned(text) }))

  /** Folders are shown from the home folder on, without the name of its owner. */
  function cleaned(text: string): string {
    return redaction.report(homedir().length > 1 ? text.replaceAll(homedir(), '~') : text)
  }
}

const about = `What is in here:

versions.json       kis-stream, Node, the machine, and the packages in use
configuration.json  settings as a feed has them; keys are said to be there, and no more
limits.json         every wait and limit, and what of it differs from the default
doctor.txt, .json   what kis-stream doctor found when this was made
last-run.json       what the last feed left behind: why it ended, the last steps of each socket with their causes, counters,
                    subscriptions, and the last 64 data frames; account notices are left out. Missing when there was no data folder
                    or no feed. Written every minute, at the end, and in a crash.
`

function versions(): object {
  const { dependencies: needed = {}, peerDependencies: peers = {} } = ownPackage
  const names = Object.keys({ ...needed, ...peers })
  const dependencies = Object.fromEntries(names.map(name => [name, versionOf(name) ?? 'not installed']))
  const { node, v8, openssl, uv } = process.versions
  return { 'kis-stream': version, node, v8, openssl, uv, platform: process.platform, arch: process.arch, dependencies }
}

function configurationOf({ settings, mistakes, input, dataFolder }: Context): object {
  const names = [...keySettings.flatMap(({ key, secret }) => [key, secret]), 'htsId']
  const keys = Object.fromEntries(names.map(name => [name, input[name] !== undefined]))
  const { timing: _inLimits, lines: _keys, htsId: _person, ...shown } = settings ?? { timing: {} }
  return {
    keysAreThere: keys,
    dataFolder: dataFolder ?? 'off',
    ...(mistakes.length === 0 ? {} : { mistakes }),
    ...shown,
  }
}

function limitsOf({ settings }: Context): object {
  const timing = settings?.timing ?? defaultTiming
  const names = Object.keys(defaultTiming) as (keyof typeof defaultTiming)[]
  const changed = names.filter(name => timing[name] !== defaultTiming[name])
  return { mostSubscriptions, timing, changedFromDefault: changed }
}

/** As it stands on disk, readable or not: a broken record says something too. */
function recordText({ dataFolder }: Context): string | undefined {
  if (dataFolder === undefined) return undefined
  try {
    return readFileSync(join(dataFolder, supportRecordFile), 'utf8')
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? undefined : json({ problem: (error as Error).message })
  }
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}

/** 20261123-133848, Korean time. */
function stampOf(time: number): string {
  return formatKst(time).slice(0, 19).replaceAll(/[-:]/g, '').replace(' ', '-')
}
