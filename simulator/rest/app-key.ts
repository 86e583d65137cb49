// Whose call it is: reads have the app key in a header, the calls under /oauth2 in their body.
import type { RestCall } from './call.ts'
import { parseObject, textAt } from '../request.ts'

/** Undefined where the call has none. */
export function appKeyOf({ body, header }: RestCall): string | undefined {
  return header('appkey') || textAt(parseObject(body), 'appkey') || undefined
}
