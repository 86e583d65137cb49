// `kis-stream machines`: the state machines, for a document, for the Stately editor, or for anybody who wants
// to see what can happen.
import { z } from 'zod'
import { machineJson } from '../app/machine-docs/json.ts'
import { type MachineName, machineNames, machines } from '../app/machine-docs/machines.ts'
import { machineDiagram, machinePage } from '../app/machine-docs/page.ts'
import { SettingsError } from '../app/settings/settings.ts'
import { reportMistakes, strayWords } from './input/usage-errors.ts'

const oneOf = <const T extends readonly [string, ...string[]]>(...values: T) =>
  z.enum(values, { error: issue => `'${String(issue.input)}'; expected ${values.join(', ')}` })

const shape = z.object({
  format: oneOf('mermaid', 'json', 'markdown').default('mermaid'),
  machine: oneOf(...machineNames).optional(),
})

export function printMachines(flags: Readonly<Record<string, unknown>>, words: readonly string[]): void {
  const mistakes = strayWords(words)
  const read = shape.safeParse(flags)
  for (const issue of read.error?.issues ?? []) mistakes.push(`--${String(issue.path[0])} ${issue.message}`)
  if (!read.success || mistakes.length > 0) return reportMistakes(new SettingsError(mistakes), 'machines')
  const { format, machine } = read.data
  process.stdout.write(textOf(format, machine === undefined ? machineNames : [machine]))
}

function textOf(format: 'mermaid' | 'json' | 'markdown', names: readonly MachineName[]): string {
  switch (format) {
    case 'mermaid':
      return names.map(name => `%% ${name}\n${machineDiagram(name)}`).join('\n')
    case 'markdown':
      return machinePage(names)
    case 'json': {
      // The editor takes one machine at a time; several come by name.
      const [only] = names
      const json =
        names.length === 1 && only !== undefined
          ? machineJson(machines[only])
          : Object.fromEntries(names.map(name => [name, machineJson(machines[name])]))
      return `${JSON.stringify(json, null, 2)}\n`
    }
  }
}
