// A call over HTTP and its answer.

export type RestAnswer = {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
  readonly headers?: Readonly<Record<string, string>>
}

/** Absent values are empty texts, but for `origin`. */
export type RestCall = {
  readonly method: string
  /** Without what follows a question mark. */
  readonly path: string
  readonly body: string
  readonly host: string
  readonly origin: string | undefined
  header(name: string): string
  /** One of those that follow the question mark. */
  parameter(name: string): string
}
