import { Socket } from 'node:net'
import { vi } from 'vitest'

/**
 * Counts attempts to connect, of everything in this process, at the one place they all pass. The vanished and the refused
 * ones count too, which no listener would see.
 */
export function countConnects(): { readonly targets: unknown[]; stop(): void } {
  const targets: unknown[] = []
  const original = Socket.prototype.connect
  const spy = vi.spyOn(Socket.prototype, 'connect').mockImplementation(function (this: Socket, ...args: unknown[]) {
    targets.push(args[0])
    return Reflect.apply(original, this, args)
  })
  return { targets, stop: () => spy.mockRestore() }
}
