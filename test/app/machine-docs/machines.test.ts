import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type AnyStateMachine, createMachine, type MachineConfig } from 'xstate'
import { labelOf, mermaidOf } from '../../../app/machine-docs/diagram.ts'
import { machineJson } from '../../../app/machine-docs/json.ts'
import { outlineOf, type StateOutline } from '../../../app/machine-docs/outline.ts'
import { machineNames, machines } from '../../../app/machine-docs/machines.ts'
import { machinePage } from '../../../app/machine-docs/page.ts'
import { statechartLayouts } from '../../../tools/generate/statecharts.ts'

const statesOf = (state: StateOutline): StateOutline[] => [state, ...state.children.flatMap(statesOf)]

describe.each(machineNames)('the %s machine', name => {
  const machine: AnyStateMachine = machines[name]
  const outline = outlineOf(machine)
  const diagram = mermaidOf(outline)

  it('has a name for every guard and every action', () => {
    const words = statesOf(outline).flatMap(({ entry, transitions }) => [
      ...entry,
      ...transitions.flatMap(({ guard, actions }) => [...(guard === undefined ? [] : [guard]), ...actions]),
    ])
    // What XState calls a lambda it was given in place of a name.
    expect(words.filter(word => /^(unnamed|guard|actions|0|\(anonymous\))?$/.test(word))).toEqual([])
    expect(words.length).toBeGreaterThan(7)
  })

  it('is drawn whole: every state once, inside its parent, and every move with its reason', () => {
    for (const { path, name: word, transitions } of statesOf(outline)) {
      if (path !== '') {
        const declaration = `state "${word}" as ${path.replaceAll(/[.-]/g, '_')}`
        expect(diagram.split('\n').filter(line => line.trim().replace(/ \{$/, '') === declaration)).toHaveLength(1)
      }
      for (const transition of transitions) {
        if (transition.target === undefined || transition.target === path) continue
        const arrows = diagram
          .split('\n')
          .filter(line => line.includes(`--> ${transition.target?.replaceAll(/[.-]/g, '_')} :`))
        expect(arrows.some(arrow => (arrow.split(' : ')[1] ?? '').split('<br/>').includes(labelOf(transition)))).toBe(
          true,
        )
      }
    }
  })

  it('is text that Mermaid reads: balanced frames, and words without a colon or a quote of their own', () => {
    const lines = diagram.split('\n')
    expect(lines[0]).toBe('stateDiagram-v2')
    expect(lines.filter(line => line.endsWith('{'))).toHaveLength(lines.filter(line => line.trim() === '}').length)
    const shapes = [
      /^state "[\w-]+( state)?" as \w+( \{)?$/,
      /^(\w+|\[\*\]) --> (\w+|\[\*\])( : [^:"]+)?$/,
      /^(\}|--)$/,
    ]
    const odd = lines.slice(1).filter(line => line !== '' && !shapes.some(shape => shape.test(line.trim())))
    expect(odd).toEqual([])
  })

  it('makes a machine of the same shape again from its JSON', () => {
    const json = JSON.stringify(machineJson(machine))
    // The editor's own reading of it: names without implementations.
    // oxlint-disable-next-line typescript/no-explicit-any
    const again = createMachine(JSON.parse(json) as MachineConfig<any, any>)
    expect(outlineOf(again)).toEqual(outline)
  })

  it('takes no context along, where values could hide', () => {
    expect(JSON.stringify(machineJson(machine))).not.toMatch(/"(context|input)"/)
  })
})

it('docs/machines.md is what the machines say; npm run generate writes it', () => {
  const page = readFileSync(new URL('../../../docs/machines.md', import.meta.url), 'utf8')
  expect(page).toBe(machinePage(machineNames))
})

it("the page's drawings have the layout of the machines; npm run generate writes it", async () => {
  const file = new URL('../../../dashboard/page/panels/statechart-layouts.js', import.meta.url)
  expect(readFileSync(file, 'utf8')).toBe(await statechartLayouts())
})

describe('the diagram of a machine', () => {
  it('starts an arrow into a state from a stand-in for whatever is inside, and draws parallel regions side by side', () => {
    const machine = createMachine({
      id: 'lamp',
      initial: 'on',
      states: {
        on: { type: 'parallel', states: { left: { initial: 'dim', states: { dim: {}, bright: {} } }, right: {} } },
        off: {},
      },
      on: { toggle: '.off', ignore: {} },
    })
    expect(mermaidOf(outlineOf(machine))).toBe(`stateDiagram-v2
  state "any state" as any
  state "on" as on {
    state "left" as on_left {
      state "dim" as on_left_dim
      state "bright" as on_left_bright
      [*] --> on_left_dim
    }
    --
    state "right" as on_right
  }
  state "off" as off
  [*] --> on
  any --> off : toggle
`)
  })
})
