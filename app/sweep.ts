// The last look at a text before it is given away: known secrets, and whatever looks like one. Rather too much than too little; texts
// that must stay exact do not come here.
import { withoutKeys } from '../kis/control.ts'
import { redact, type Secret } from '../kis/secret.ts'

const hidden = '[redacted]'

/** What KIS hands out and what people write down, by its shape. */
const shapes: readonly RegExp[] = [
  /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, // an approval key
  /\beyJ[\w-]+\.[\w-]+\.[\w-]+/g, // an access token
  /\bPS[A-Za-z0-9]{34}\b/g, // an app key
  /[A-Za-z0-9+/]{120,}={0,2}/g, // an app secret, a sealed notice
  /\b\d{8}-\d{2}\b/g, // an account number, as brokers write it
  /(?<=:\/\/)[^/\s@]+@/g, // user and password of an address
]

export function sweep(text: string, secrets: readonly Secret[]): string {
  const swept = withoutKeys(redact(text, secrets))
  return shapes.reduce(
    (shown, shape) => shown.replaceAll(shape, shape.source.endsWith('@') ? `${hidden}@` : hidden),
    swept,
  )
}
