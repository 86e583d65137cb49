// What is tried again and again, and fails for a while: only the first failure is reported.

export type Outage = {
  /** It failed. Calls `report` for the first failure since it last worked. */
  failed(report: () => void): void
  /** It works. */
  over(): void
}

export function createOutage(): Outage {
  let isReported = false
  return {
    failed(report) {
      if (!isReported) report()
      isReported = true
    },
    over() {
      isReported = false
    },
  }
}
