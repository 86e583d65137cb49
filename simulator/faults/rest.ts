// Faults of REST: HTTP 500 and odd refusals instead of an answer, tokens that lack a field, and answers that
// take their time.
import { type FaultMaker, striker } from './hooks.ts'
import { oddRefusal, serverError } from '../rest/routes.ts'

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

export const restRefusal: FaultMaker<'rest-refuse'> = (fault, work) => {
  const { code = 'EGW00201', status = 500, codeIn = 'usual' } = fault
  const strike = striker(fault.count, work)
  return {
    rest(path) {
      if (fault.path !== undefined && fault.path !== path) return undefined
      strike(
        `${fault.path ?? 'a call'}: refused, HTTP ${status} with ${codeIn === 'empty' ? 'an empty envelope' : code}`,
      )
      return oddRefusal(path, code, codeIn, status)
    },
  }
}

export const tokenWithout: FaultMaker<'token-without'> = (fault, work) => {
  const strike = striker(fault.count, work)
  return {
    restAnswer(path, answer) {
      if (path !== '/oauth2/tokenP' || answer.body['access_token'] === undefined) return undefined
      strike(`a token without ${fault.field}`)
      return { ...answer, body: { ...answer.body, [fault.field]: undefined } }
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
