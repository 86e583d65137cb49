import { expect, it, vi } from 'vitest'
import { createOutage } from '../../../market/basics/outage.ts'

it('an outage is reported once, and the next one again', () => {
  const outage = createOutage()
  const report = vi.fn()
  outage.failed(report)
  outage.failed(report)
  expect(report).toHaveBeenCalledTimes(1)
  outage.over()
  outage.failed(report)
  expect(report).toHaveBeenCalledTimes(2)
})
