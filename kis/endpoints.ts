// Where KIS lives. Production and paper differ in hosts and ports; the WebSocket speaks plain ws in both.

export type Environment = 'prod' | 'paper'

export type Endpoints = {
  /** Base of the REST calls, without a trailing slash. */
  readonly rest: string
  /** Base of the WebSocket, without a path. */
  readonly socket: string
}

/** koreainvestment/open-trading-api, kis_devlp.yaml. */
export const endpoints: Readonly<Record<Environment, Endpoints>> = {
  prod: { rest: 'https://openapi.koreainvestment.com:9443', socket: 'ws://ops.koreainvestment.com:21000' },
  paper: { rest: 'https://openapivts.koreainvestment.com:29443', socket: 'ws://ops.koreainvestment.com:31000' },
}

/**
 * The path of KIS's current sample. The bare host works as well; what is delivered is decided by the
 * subscription.
 */
export const defaultSocketPath = '/tryitout'

/** A socket address: what was given when it names a path, else with the default path behind it. */
export function socketAddress(base: string, path: string): string {
  const url = new URL(base)
  if (url.pathname === '/' && !base.endsWith('/')) url.pathname = path
  return url.href
}

/** Whether an address can only be this machine. */
export function isLoopbackUrl(address: string): boolean {
  return /^(127(\.\d{1,3}){3}|localhost|\[::1\])$/.test(new URL(address).hostname)
}
