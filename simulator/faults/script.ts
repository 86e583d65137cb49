// Faults as they are written on the command line, and the help that explains how.
//
// cut@5s · mute-symbol:005930@10s+30s · lose:10% · refuse:OPSP0008,key=005930,count=1
import { redacted } from '../../kis/secret.ts'
import { readDuration } from './fields.ts'
import { faultKinds, fieldsOf, forms, isFaultKind, readFault, whatItTakes } from './form.ts'
import type { FaultKind, ScheduledFault } from './faults.ts'

export type ReadScript = { readonly faults: readonly ScheduledFault[]; readonly mistakes: readonly string[] }

/** Reads all of them, and says everything that is wrong with any. */
export function readFaultScript(texts: readonly string[]): ReadScript {
  const faults: ScheduledFault[] = []
  const mistakes: string[] = []
  for (const text of texts) {
    const read = readOne(text)
    if ('fault' in read) faults.push(read)
    else mistakes.push(...read.mistakes.map(mistake => `'${withoutKey(text).slice(0, 60)}': ${mistake}`))
  }
  return { faults, mistakes }
}

export const faultHelp = `
Faults, each as KIND, KIND:VALUE or KIND:VALUE,NAME=VALUE, with any values or none of those shown.
Behind it @TIME says when it begins, counted from the start, and +TIME how long it lasts (without: until it is
cleared, or has happened as often as it says). Times are 500ms, 30s, 5m or 1h. With appKey=#2 most of them act
on the second app key that came alone.

${faultKinds.map(kind => `  ${forms[kind].example}\n      ${forms[kind].does}`).join('\n')}

  For example --fault cut@30s --fault mute-symbol:005930@1m+30s --fault lose:10%,key=000660`

/** The text after the fault: `@5s+30s`. */
const schedule = /^(.*?)(?:@([\w.]*))?(?:\+([\w.]*))?$/s
/** After a text that is sent as it is, only what cannot belong to that text. */
const strictSchedule = /^(.*?)(?:@([\d.]+(?:ms|s|m|h)))?(?:\+([\d.]+(?:ms|s|m|h)))?$/s

function readOne(text: string): ScheduledFault | { readonly mistakes: readonly string[] } {
  const [, what = '', start, length] =
    (isVerbatim(text.split(':', 1)[0] ?? '') ? strictSchedule : schedule).exec(text) ?? []
  const [kind = '', ...behind] = what.split(':')
  if (!isFaultKind(kind))
    return { mistakes: [`no fault is called '${kind}'; expected one of ${faultKinds.join(', ')}`] }

  const mistakes: string[] = []
  const values = behind.length === 0 ? {} : readValues(kind, behind.join(':'), mistakes)
  const atMs = start === undefined ? 0 : readTime(`@${start}`, mistakes)
  if (length !== undefined) {
    if (Object.hasOwn(fieldsOf(kind), 'forMs')) values['forMs'] = readTime(`+${length}`, mistakes)
    else mistakes.push(`${kind} is over at once, so +${length} says nothing`)
  }
  if (mistakes.length > 0) return { mistakes }
  const read = readFault({ ...values, kind })
  return 'fault' in read ? { fault: read.fault, atMs } : read
}

function readTime(text: string, mistakes: string[]): number {
  const time = readDuration(text.slice(1))
  if (time === undefined) mistakes.push(`${text}: expected a time as 500ms, 30s, 5m or 1h`)
  return time ?? 0
}

/** An app key is a secret. */
function withoutKey(text: string): string {
  return text.replace(/(appKey=)[^,]*/gi, `$1${redacted}`)
}

/** Whether everything behind the colon is one text. */
function isVerbatim(kind: string): boolean {
  return isFaultKind(kind) && Object.hasOwn(fieldsOf(kind), 'texts')
}

function readValues(kind: FaultKind, text: string, mistakes: string[]): Record<string, unknown> {
  const values: Record<string, unknown> = {}
  const parts = isVerbatim(kind) ? [text] : text.split(',')
  for (const [at, part] of parts.entries()) {
    const [, name, written] = (isVerbatim(kind) ? undefined : /^([A-Za-z]+)=(.*)$/s.exec(part)) ?? []
    const names = name !== undefined ? [name] : at === 0 ? forms[kind].main : []
    const problem = readInto(values, kind, names, written ?? part)
    if (problem !== undefined) mistakes.push(`'${withoutKey(part)}': ${problem}`)
  }
  return values
}

/** Reads the text as the first of these values that fits; otherwise returns what was expected. */
function readInto(
  values: Record<string, unknown>,
  kind: FaultKind,
  names: readonly string[],
  text: string,
): string | undefined {
  const fields = fieldsOf(kind)
  const expected: string[] = []
  for (const name of names) {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined
    if (field === undefined) continue
    const value = field.read(text)
    if (value !== undefined && field.fits(value)) {
      values[name] = value
      return undefined
    }
    expected.push(field.written)
  }
  return expected.length > 0 ? `expected ${expected.join(', or ')}` : whatItTakes(kind)
}
