// A job that cannot be done now and knows when it can be tried again.

export class TryLater extends Error {
  override readonly name = 'TryLater'
  readonly waitMs: number

  constructor(waitMs: number, message: string, options?: ErrorOptions) {
    super(message, options)
    this.waitMs = waitMs
  }
}
