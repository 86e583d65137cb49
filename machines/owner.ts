// Who has the line of an app key. KIS decides: it lets the first session stay and refuses the newcomer
// (OPSP8996). What is kept here is what can be known of that, so that a process that was refused waits
// neither too long nor too short.

export type LineOwner = {
  /**
   * KIS accepted a session of this process: the line is ours, through reconnections, until KIS accepts
   * another one.
   */
  accepted(): void
  /**
   * KIS refused a session. True when the owner is known to have ended, or is this installation: then only its
   * session lingers.
   */
  isGone(): boolean
  /** This process lets go of the line for good. Resolves when that is written down, or cannot be. */
  release(): Promise<void>
}
