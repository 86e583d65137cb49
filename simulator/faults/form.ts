// The form of each fault: its values and their types, as one table. Unchecked JSON becomes a fault, or a list
// of everything wrong with it. Untrusted: never throws.
import { redacted } from '../../kis/secret.ts'
import { refusingCodes } from '../answers.ts'
import {
  answerPart,
  appKey,
  codePlace,
  count,
  duration,
  type Field,
  flag,
  key,
  oneOf,
  path,
  place,
  restCode,
  session,
  share,
  texts,
  tokenField,
  transaction,
  wholeNumber,
} from './fields.ts'
import type { Fault, FaultKind, FaultOf } from './faults.ts'
import { isNotice } from '../transactions.ts'

export type Form<F extends string = string> = {
  readonly does: string
  /** On the command line. */
  readonly example: string
  /** The value after the colon without a name: the first of these that can be read. */
  readonly main: readonly F[]
  /** One of each of these groups must be given. */
  readonly needs: readonly (readonly F[])[]
  readonly fields: { readonly [P in F]: Field }
}

const forMs = duration
const chosen = { key, tr: transaction } as const
const amount = { ...chosen, records: count, probability: share, forMs, appKey } as const
const amountMain = ['probability', 'records'] as const

/** As the help of the command lists it. */
export const forms: { readonly [K in FaultKind]: Form<Extract<Exclude<keyof FaultOf<K>, 'kind'>, string>> } = {
  cut: {
    does: 'cuts every session, or the one with this number, without a close handshake',
    example: 'cut',
    main: ['session'],
    needs: [],
    fields: { session, appKey },
  },
  'half-open': {
    does: 'the TCP connection stays, nothing is sent or read; cut when it ends',
    example: 'half-open',
    main: ['session'],
    needs: [],
    fields: { session, forMs, appKey },
  },
  'mute-session': {
    does: 'sessions that are open get no data, only answers and PINGPONG',
    example: 'mute-session',
    main: ['session'],
    needs: [],
    fields: { session, forMs, appKey },
  },
  'mute-symbol': {
    does: 'no data of one key',
    example: 'mute-symbol:005930,tr=H0STCNT0',
    main: ['key'],
    needs: [['key']],
    fields: { ...chosen, forMs, appKey },
  },
  refuse: {
    does: 'subscriptions are refused with this code',
    example: 'refuse:OPSP0008,key=005930,tr=H0STCNT0,count=1',
    main: ['code'],
    needs: [['code']],
    fields: { code: oneOf(refusingCodes), ...chosen, count, forMs, appKey },
  },
  occupied: {
    does: 'each new session is refused because its app key is in use',
    example: 'occupied',
    main: [],
    needs: [],
    fields: { forMs, appKey },
  },
  ghosts: {
    does: 'what a session had registered when it ended stays "already subscribed" for so long',
    example: 'ghosts:60s,delivering=no,occupiedMs=45s,occupiedUpToMs=90s,appKey=#2',
    main: ['rememberMs'],
    needs: [],
    fields: { rememberMs: duration, delivering: flag, occupiedMs: duration, occupiedUpToMs: duration, forMs, appKey },
  },
  'late-acks': {
    does: 'subscribing and releasing is answered late',
    example: 'late-acks:2s,key=005930,tr=H0STCNT0,count=3',
    main: ['byMs'],
    needs: [['byMs']],
    fields: { byMs: duration, ...chosen, count, forMs, appKey },
  },
  'bare-acks': {
    does: 'subscribing and releasing is answered without msg_cd, or without a header',
    example: 'bare-acks:msg_cd,key=005930,tr=H0STCNT0,count=3',
    main: ['without'],
    needs: [['without']],
    fields: { without: answerPart, ...chosen, count, forMs, appKey },
  },
  'lost-acks': {
    does: 'subscribing and releasing works, its answer never comes',
    example: 'lost-acks:3,key=005930,tr=H0STCNT0',
    main: ['count'],
    needs: [],
    fields: { ...chosen, count, forMs, appKey },
  },
  lose: {
    does: 'this part of the trade records is lost, or so many of them',
    example: 'lose:10%,records=50,key=005930,tr=H0STASP0',
    main: amountMain,
    needs: [amountMain],
    fields: amount,
  },
  duplicate: {
    does: 'comes twice; where=inside its frame, or between frames',
    example: 'duplicate:10%,where=inside',
    main: amountMain,
    needs: [amountMain],
    fields: { ...amount, where: place },
  },
  reorder: {
    does: 'comes behind its successor; where=inside its frame, or between frames',
    example: 'reorder:10%,where=between',
    main: amountMain,
    needs: [amountMain],
    fields: { ...amount, where: place },
  },
  'new-column': {
    does: 'so many columns more at the end of every trade and book',
    example: 'new-column:1,tr=H0STCNT0',
    main: ['extra'],
    needs: [],
    fields: { extra: wholeNumber(1, 50), tr: transaction, forMs, appKey },
  },
  rubbish: {
    does: 'a text that is no frame and no answer, or a selection of such',
    example: 'rubbish:hello',
    main: ['texts'],
    needs: [],
    fields: { texts, session, appKey },
  },
  'expire-approval-keys': {
    does: 'no approval key issued so far is known any more',
    example: 'expire-approval-keys',
    main: [],
    needs: [],
    fields: { appKey },
  },
  'rest-500': {
    does: 'REST answers with HTTP 500',
    example: 'rest-500:/oauth2/Approval,code=EGW00201,count=2',
    main: ['path'],
    needs: [],
    fields: { path, code: restCode, count, forMs, appKey },
  },
  'rest-refuse': {
    does: 'REST refuses; codeIn=message, codeIn=nowhere, or codeIn=empty for an envelope without a word',
    example: 'rest-refuse:EGW00201,codeIn=message,status=429,path=/oauth2/tokenP,count=2',
    main: ['code'],
    needs: [],
    fields: { code: restCode, codeIn: codePlace, status: wholeNumber(200, 599), path, count, forMs, appKey },
  },
  'token-without': {
    does: 'tokens come without expires_in, or without access_token_token_expired',
    example: 'token-without:expires_in,count=1',
    main: ['field'],
    needs: [['field']],
    fields: { field: tokenField, count, forMs, appKey },
  },
  'rest-slow': {
    does: 'REST answers late',
    example: 'rest-slow:5s,path=/oauth2/tokenP,count=1',
    main: ['byMs'],
    needs: [['byMs']],
    fields: { byMs: duration, path, count, forMs, appKey },
  },
  'refuse-handshake': {
    does: 'no WebSocket is opened; so many times, or until it ends',
    example: 'refuse-handshake:3,status=503',
    main: ['count'],
    needs: [],
    fields: { count, status: wholeNumber(400, 599), forMs },
  },
  'no-pongs': {
    does: "a client's protocol pings are not answered",
    example: 'no-pongs',
    main: [],
    needs: [],
    fields: { forMs, appKey },
  },
  'slow-close': {
    does: "a client's close is answered late",
    example: 'slow-close:5s,count=1',
    main: ['byMs'],
    needs: [['byMs']],
    fields: { byMs: duration, count, forMs, appKey },
  },
}

export const faultKinds = Object.keys(forms) as readonly FaultKind[]

export function isFaultKind(text: string): text is FaultKind {
  return Object.hasOwn(forms, text)
}

/** Which values a fault takes, by name. */
export function fieldsOf(kind: FaultKind): Readonly<Record<string, Field>> {
  return forms[kind].fields
}

export type ReadFault = { readonly fault: Fault } | { readonly mistakes: readonly string[] }

export function readFault(value: unknown): ReadFault {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { mistakes: ['a fault is an object with a kind, as {"kind":"lose","probability":0.1}'] }
  }
  const { kind, ...given } = value as Readonly<Record<string, unknown>>
  if (typeof kind !== 'string' || !isFaultKind(kind)) {
    return { mistakes: [`kind ${shown(kind)}: expected one of ${faultKinds.join(', ')}`] }
  }
  const fields = fieldsOf(kind)
  const mistakes: string[] = []
  const fault: Record<string, unknown> = { kind }
  for (const [name, found] of Object.entries(given)) {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined
    if (found === undefined) continue
    if (field === undefined) mistakes.push(`${shown(name)}: ${whatItTakes(kind)}`)
    else if (!field.fits(found)) {
      // It may be most of one.
      const value = name === 'appKey' ? redacted : shown(found)
      mistakes.push(`${kind}: ${name} ${value}: expected ${field.expected}`)
    } else fault[name] = found
  }
  for (const need of forms[kind].needs) {
    if (!need.some(name => Object.hasOwn(given, name))) mistakes.push(`${kind} needs ${need.join(' or ')}`)
  }
  // The table above has the fields of the type, name by name.
  return mistakes.length > 0 ? { mistakes } : { fault: fault as Fault }
}

export function whatItTakes(kind: FaultKind): string {
  const names = Object.keys(fieldsOf(kind))
  return names.length === 0 ? `${kind} takes no values` : `${kind} takes ${names.join(', ')}`
}

/** For the log: no texts, because they may hold anything, and no login id or app key. */
export function describeFault(fault: Fault): string {
  const isPersonal = 'tr' in fault && fault.tr !== undefined && isNotice(fault.tr)
  return Object.entries(fault)
    .filter(([name]) => name !== 'kind')
    .map(([name, value]) => {
      if (Array.isArray(value)) return `${value.length} ${name}`
      const isSecret = (name === 'key' && isPersonal) || (name === 'appKey' && !String(value).startsWith('#'))
      return `${name} ${isSecret ? redacted : String(value)}`
    })
    .join(', ')
}

/** A value in a sentence: always short. */
function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 40))
  if (typeof value === 'number' || typeof value === 'boolean') return `${value}`
  if (value === undefined) return 'that is missing'
  return Array.isArray(value) ? 'that is a list' : `that is ${value === null ? 'null' : `a ${typeof value}`}`
}
