import { Socket } from 'node:net'

/**
 * Tells of each attempt to connect, of everything in this process, at the one place they all pass. The vanished and the
 * refused ones are told of too, which no listener would see.
 * @returns what ends it
 */
export function onConnect(tell: (args: readonly unknown[]) => void): () => void {
  const original = Socket.prototype.connect
  Socket.prototype.connect = function (this: Socket, ...args: unknown[]) {
    tell(args)
    return Reflect.apply(original, this, args)
  } as typeof original
  return () => {
    Socket.prototype.connect = original
  }
}

/** Counts them. */
export function countConnects(): { readonly targets: unknown[]; stop(): void } {
  const targets: unknown[] = []
  return { targets, stop: onConnect(([first]) => targets.push(first)) }
}
