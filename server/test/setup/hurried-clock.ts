/** A clock that is a minute on each time it is read. */
export function createHurriedClock(): () => number {
  let milliseconds = 0
  return () => {
    milliseconds += 60_000
    return milliseconds
  }
}
