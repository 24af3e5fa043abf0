import { setTimeout as delay } from 'node:timers/promises'

/** The parts of a running whole, in the order they were started. */
export interface PartStack {
  /** Remembers how to stop a part that has just been started, and how long that may take. */
  add(name: string, part: { readonly stop: () => Promise<void>; readonly patienceMs: number }): void
  /**
   * Stops the last one first, each once; one that fails or takes too long does not keep the others running.
   *
   * @returns whether everything stopped
   */
  stopAll(): Promise<boolean>
}

/** @param log told about parts that did not stop */
export function createPartStack(log: (message: string) => void): PartStack {
  const parts: { readonly name: string; readonly stop: () => Promise<void>; readonly patienceMs: number }[] = []
  return {
    add(name, part) {
      parts.push({ name, ...part })
    },
    async stopAll() {
      let allStopped = true
      for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
        const { name, stop, patienceMs } = part
        await stopWithin(stop, patienceMs).catch((error: unknown) => {
          allStopped = false
          log(`${name} did not stop: ${error instanceof Error ? error.message : String(error)}`)
        })
      }
      return allStopped
    },
  }
}

async function stopWithin(stop: () => Promise<void>, patienceMs: number): Promise<void> {
  const waiting = new AbortController()
  const late = delay(patienceMs, undefined, { signal: waiting.signal }).then(() => {
    throw new Error(`it is still busy after ${patienceMs / 1000} s`)
  })
  try {
    await Promise.race([stop(), late])
  } finally {
    waiting.abort()
    await late.catch(() => undefined)
  }
}
