/** What ends a server: Ctrl-C and a supervisor's stop. */
const STOP_SIGNALS = ['SIGINT', 'SIGTERM'] as const

/**
 * Waits for the first signal that ends a server. A second one ends the process at once, for whoever cannot wait until
 * open requests are answered.
 */
export function waitForSignal(): Promise<(typeof STOP_SIGNALS)[number]> {
  return new Promise((resolve) => {
    const stop = (signal: (typeof STOP_SIGNALS)[number]) => {
      for (const name of STOP_SIGNALS) process.off(name, stop)
      resolve(signal)
    }
    for (const name of STOP_SIGNALS) process.on(name, stop)
  })
}
