/** The parts of a running whole, in the order they were started. */
export interface PartStack {
  /** Remembers how to stop a part that has just been started. */
  add(name: string, stop: () => Promise<void>): void
  /** Stops the last one first, each once; one that fails does not keep the others running. */
  stopAll(): Promise<void>
}

/** @param log told about parts that did not stop */
export function createPartStack(log: (message: string) => void): PartStack {
  const parts: { readonly name: string; readonly stop: () => Promise<void> }[] = []
  return {
    add(name, stop) {
      parts.push({ name, stop })
    },
    async stopAll() {
      for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
        const { name, stop } = part
        await stop().catch((error: unknown) => log(`${name} did not stop: ${String(error)}`))
      }
    },
  }
}
