// Which process has the session of a line. KIS decides: the first session stays, a second one is refused
// (OPSP8996). What is known of the owner decides how long a refused process waits.

export type LineOwner = {
  /** KIS accepted a session of this process: it owns the line until KIS accepts another process's session. */
  accepted(): void
  /**
   * After a refusal: the owner is known to have ended, or is this installation, and only its session lingers.
   */
  isGone(): boolean
  /** This process gives up the line. Resolves when that is written, or cannot be. */
  release(): Promise<void>
}
