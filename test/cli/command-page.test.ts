// docs/command.md against the command itself.
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { runCommand } from '../support/processes/command.ts'

const read = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')
const page = read('docs/command.md')
const sections = new Map(
  page
    .split('\n## ')
    .slice(1)
    .map(section => [/^`([a-z-]+)`/.exec(section)?.[1] ?? section.split('\n')[0] ?? '', section]),
)

/** Each is asked for once. */
const helps = new Map<string, ReturnType<typeof runCommand>>()
function helpOf(name: string) {
  const help = helps.get(name) ?? runCommand([name, '--help'])
  helps.set(name, help)
  return help
}

it('has a section with an example for each subcommand, whose flags are those of the subcommand', async () => {
  const { out } = await runCommand(['--help'])
  const names = [...out.matchAll(/^ {2}([a-z][a-z-]*) /gm)].map(([, name = '']) => name).filter(name => name !== 'help')
  expect([...sections.keys()].toSorted()).toEqual(names.toSorted())
  for (const [name, section] of sections) {
    const examples = [...section.matchAll(/```sh\n([^`]+)```/g)].map(([, text = '']) => text).join('')
    expect(examples, name).toContain(`kis-stream ${name}`)
    const { out: help } = await helpOf(name)
    const flags = [...section.matchAll(/(?<=[\s`])--[a-z-]+/g)].map(([flag]) => flag)
    const others = ['--env-file', '--profile']
    expect(
      flags.filter(flag => !others.includes(flag) && !help.includes(flag)),
      name,
    ).toEqual([])
  }
})

it.each(['README.md', 'README.ko.md', 'docs/export.md', 'docs/jobs.md', 'docs/sinks.md'])(
  '%s calls subcommands with flags that they have',
  async file => {
    for (const [call, name = ''] of read(file).matchAll(/^kis-stream ([a-z-]+)[^#\n]*/gm)) {
      const { code, out } = await helpOf(name)
      expect(code, call).toBe(0)
      const flags = [...call.matchAll(/(?<=\s)--[a-z-]+/g)].map(([flag]) => flag)
      expect(
        flags.filter(flag => !out.includes(flag)),
        call,
      ).toEqual([])
    }
  },
)
