// Counts the calls over REST of each app key.
import { appKeyOf } from '../rest/app-key.ts'
import type { RestAnswer } from '../rest/call.ts'
import type { Rest } from '../rest/routes.ts'
import type { AppKeys } from './app-keys.ts'

export function countingCalls(rest: Rest, keys: AppKeys): Rest {
  return {
    answer(call) {
      const appKey = appKeyOf(call)
      if (appKey === undefined) return rest.answer(call)
      const deeds = keys.of(appKey)
      deeds.calls++
      const said = rest.answer(call)
      return said instanceof Promise ? said.then(counted) : counted(said)

      function counted(answer: RestAnswer): RestAnswer {
        if (answer.status !== 200) deeds.callsRefused++
        return answer
      }
    },
  }
}
