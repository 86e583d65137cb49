// SIGINT and SIGTERM: the first asks for a graceful end, the second does not wait for it.

/** Resolves with 0 on the first signal, and says so. */
export function stopSignal(says: string): Promise<number> {
  return new Promise(resolve => {
    let isStopping = false
    const stop = () => {
      if (isStopping) process.exit(130)
      isStopping = true
      process.stderr.write(`${says}\n`)
      resolve(0)
    }
    process.on('SIGINT', stop)
    process.on('SIGTERM', stop)
  })
}
