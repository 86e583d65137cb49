// What several test files share is made once for all of them.
import { existsSync, readdirSync } from 'node:fs'
import { expect, it } from 'vitest'
import { once } from '../support/processes/once.ts'

const nameOf = (what: string) => `${what}-${process.pid}`

it('is made once, in an empty folder, and those who come meanwhile or later get it', async () => {
  let made = 0
  const make = async (folder: string) => {
    made++
    await new Promise(resolve => setImmediate(resolve))
    return { folder, files: readdirSync(folder) }
  }
  const shared = () => once(nameOf('shared'), make)
  const [first, ...others] = [...(await Promise.all([shared(), shared()])), await shared()]
  expect(first?.files).toEqual([])
  expect(existsSync(first?.folder ?? '')).toBe(true)
  expect(others).toEqual([first, first])
  expect(made).toBe(1)
})

it('fails for all when it fails, and is not tried again', async () => {
  let tried = 0
  const failing = () =>
    once(nameOf('failing'), () => {
      tried++
      throw new Error('no room')
    })
  await expect(failing()).rejects.toThrow('no room')
  await expect(failing()).rejects.toThrow('no room')
  expect(tried).toBe(1)
})
