// Whether a server answers: by one HTTP request without any identity, or one TCP connection without any data.
import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { connect } from 'node:net'
import type { Clock } from '../../market/clock.ts'

/** Longer than any network takes that would carry live prices. */
const patienceMs = 5_000

export type HttpAnswer = {
  readonly status: number
  /** The server's clock, whole seconds; undefined when it did not say. */
  readonly serverTime: number | undefined
  readonly sentTime: number
  readonly receivedTime: number
}

/** Any answer at all, whatever its status. Rejects with the reason when there is none. */
export function askHttp(url: string, clock: Clock, checkCertificate: boolean): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const sentTime = clock.now()
    // One deadline for finding the name, connecting and answering.
    const signal = AbortSignal.timeout(patienceMs)
    const options = { method: 'HEAD', signal, agent: false, rejectUnauthorized: checkCertificate }
    const request = (url.startsWith('https:') ? requestHttps : requestHttp)(url, options, response => {
      const said = Date.parse(response.headers.date ?? '')
      response.resume()
      resolve({
        status: response.statusCode ?? 0,
        serverTime: Number.isNaN(said) ? undefined : said,
        sentTime,
        receivedTime: clock.now(),
      })
    })
    request.on('error', error => reject(signal.aborted ? tooLate() : error))
    request.end()
  })
}

/** Resolves when the connection is accepted, and closes it again at once. */
export function knockTcp(host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(patienceMs)
    const socket = connect({ host, port, signal })
    socket.on('connect', () => {
      socket.destroy()
      resolve()
    })
    socket.on('error', error => reject(signal.aborted ? tooLate() : error))
  })
}

function tooLate(): Error {
  return new Error(`no answer in ${patienceMs / 1_000} s`)
}

export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join('; ')
  return error instanceof Error ? error.message : String(error)
}
