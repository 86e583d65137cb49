// A state machine as JSON for the Stately editor; a machine made from it has the same shape. Functions become
// their names. Contexts and inputs are left out, because they may hold anything.
import type { AnyStateMachine } from 'xstate'
import { nameOf } from './outline.ts'

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

/** What machines and their parts are given at run time. */
const leftOut: ReadonlySet<string> = new Set(['context', 'input', 'output', 'types'])

export function machineJson(machine: AnyStateMachine): Json {
  return jsonOf(machine.config) ?? {}
}

function jsonOf(value: unknown): Json | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value
  if (typeof value === 'function') return nameOf(value)
  if (Array.isArray(value)) return value.map(item => jsonOf(item) ?? null)
  if (typeof value !== 'object') return undefined
  const entries = Object.entries(value).flatMap(([key, part]) => {
    const json = leftOut.has(key) ? undefined : jsonOf(part)
    return json === undefined ? [] : [[key, json] as const]
  })
  return Object.fromEntries(entries)
}
