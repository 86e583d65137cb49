// A value that must not be printed, whatever is done to it by accident.
import { Console } from 'node:console'
import { Writable } from 'node:stream'
import { format, inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { Secret } from '../../kis/secret.ts'

const value = 'PSr8aQ-very-secret-0123456789'
const secret = new Secret(value)
const holder = {
  name: 'app key',
  secret,
  list: [secret],
  map: new Map([['key', secret]]),
  nested: { deep: { secret } },
}

function printedBy(use: (console: Console) => void): string {
  let printed = ''
  const stream = new Writable({
    write(chunk, _encoding, done) {
      printed += chunk
      done()
    },
  })
  use(new Console({ stdout: stream, stderr: stream }))
  return printed
}

describe('a secret', () => {
  it('is revealed where it is asked for by name', () => {
    expect(secret.reveal()).toBe(value)
  })

  it.each([
    // oxlint-disable-next-line typescript/restrict-template-expressions -- the mistake is the point
    ['a template', () => `${secret}`],
    ['String()', () => String(secret)],
    ['concatenation', () => `${secret + ''}`],
    ['join', () => [secret, secret].join()],
    ['JSON', () => JSON.stringify(secret)],
    ['util.inspect', () => inspect(secret)],
    ['util.format %s', () => format('%s', secret)],
    ['util.format %o', () => format('%o', secret)],
    ['util.format %O', () => format('%O', secret)],
    ['util.format %j', () => format('%j', secret)],
    ['a lone argument', () => format(secret)],
    ['console.log', () => printedBy(console => console.log(secret, 'and', [secret]))],
    ['console.error', () => printedBy(console => console.error('%s', secret))],
  ])('reads [redacted] in %s', (_, print) => {
    expect(print()).toContain('[redacted]')
    expect(print()).not.toContain(value)
  })

  it.each([
    ['JSON', () => JSON.stringify(holder)],
    ['util.inspect', () => inspect(holder, { depth: 9, showHidden: true, getters: true })],
    ['console.dir', () => printedBy(console => console.dir(holder, { depth: 9 }))],
    ['console.table', () => printedBy(console => console.table([holder]))],
    // oxlint-disable-next-line typescript/restrict-template-expressions -- the mistake is the point
    ['an error’s message', () => `${new Error(`refused: ${secret}`).stack}`],
    ['an error’s cause', () => inspect(new Error('refused', { cause: holder }), { depth: 9 })],
    ['util.inspect without customs', () => inspect(holder, { customInspect: false, showHidden: true, depth: 9 })],
    [
      'its own entries',
      () => JSON.stringify([Object.entries(secret), Object.getOwnPropertyNames(secret), Object.assign({}, secret)]),
    ],
    ['a structured clone', () => inspect(structuredClone({ secret }))],
  ])('stays hidden within other things, in %s', (_, print) => {
    expect(print()).not.toContain(value)
  })

  it('equals nothing that could be compared by its text', () => {
    expect(secret.toString()).toBe(new Secret('another').toString())
  })
})
