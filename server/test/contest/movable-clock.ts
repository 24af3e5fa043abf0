// Imported before everything else of a server process: a clock that the test moves. It moves `Date`, which is what jose, the
// engine and our own code call the time; timers and `performance.now()` count on, as they do when an operator sets a clock.

/** From the test to a process. */
export interface ClockMessage {
  /** How far ahead of the machine's clock, in seconds; negative is behind. */
  readonly clockAheadSeconds: number
}

const MachineDate = Date
let aheadMs = 0

class MovedDate extends MachineDate {
  constructor(...given: readonly [] | ConstructorParameters<typeof MachineDate>) {
    if (given.length === 0) super(MovedDate.now())
    else super(...given)
  }

  static override now(): number {
    return MachineDate.now() + aheadMs
  }
}

globalThis.Date = MovedDate as DateConstructor

process.on('message', (message) => {
  if (!isClockMessage(message)) return
  aheadMs = message.clockAheadSeconds * 1_000
  process.send?.({ clockAheadSeconds: message.clockAheadSeconds })
})

function isClockMessage(message: unknown): message is ClockMessage {
  return typeof message === 'object' && message !== null && 'clockAheadSeconds' in message
}
