// The US market's own app key, if there is one: whole or not at all, and not the one the Korean market uses.
import type { AppKeys } from '../../kis/credentials.ts'
import type { Secret } from '../../kis/secret.ts'
import type { ScheduleName } from '../../market/calendar/schedules.ts'

type Given = {
  readonly appKey: Secret
  readonly usAppKey?: Secret | undefined
  readonly usAppSecret?: Secret | undefined
  readonly schedule: ScheduleName
}

export function secondKey({ usAppKey, usAppSecret }: Given): AppKeys | undefined {
  return usAppKey === undefined || usAppSecret === undefined ? undefined : { appKey: usAppKey, appSecret: usAppSecret }
}

export function secondKeyProblems(given: Given, nameOf: (setting: string) => string): string[] {
  const { appKey, usAppKey, usAppSecret, schedule } = given
  const [key, secret] = [nameOf('usAppKey'), nameOf('usAppSecret')]
  if ((usAppKey === undefined) !== (usAppSecret === undefined)) {
    return [`${key} and ${secret} go together; one is missing`]
  }
  if (usAppKey?.reveal() === appKey.reveal()) {
    return [`${key} is the same as ${nameOf('appKey')}; KIS allows one session for each app key: use another one`]
  }
  if (schedule === 'side-by-side' && usAppKey === undefined) {
    return [`${nameOf('schedule')} side-by-side needs a second app key for the US market: ${key} and ${secret}`]
  }
  return []
}
