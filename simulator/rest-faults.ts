// Faults of REST: HTTP 500 instead of an answer, and answers that take their time.
import { type FaultMaker, striker } from './fault-hooks.ts'
import { serverError } from './rest.ts'

export const restError: FaultMaker<'rest-500'> = (fault, work) => {
  const { code = 'EGW00002' } = fault
  const strike = striker(fault.count, work)
  return {
    rest(path) {
      if (fault.path !== undefined && fault.path !== path) return undefined
      strike(`${fault.path ?? 'a call'}: HTTP 500 with ${code}`)
      return serverError(path, code)
    },
  }
}

export const restSlow: FaultMaker<'rest-slow'> = (fault, work) => {
  const strike = striker(fault.count, work)
  return {
    restDelay(path) {
      if (fault.path !== undefined && fault.path !== path) return undefined
      strike(`${fault.path ?? 'a call'}: answered ${fault.byMs} ms late`)
      return fault.byMs
    },
  }
}
