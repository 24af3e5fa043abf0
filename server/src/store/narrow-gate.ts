/**
 * Lets so many through at once, and so many wait; whoever comes then is refused at once.
 * @param limits.refuse makes the error for those
 */
export function createNarrowGate(limits: {
  atOnce: number
  waiting: number
  refuse: () => Error
}): <Result>(work: () => Promise<Result>) => Promise<Result> {
  const queue: (() => void)[] = []
  let inside = 0
  const leave = (): void => {
    const next = queue.shift()
    // Whoever is next takes the place over: it is never free in between.
    if (next === undefined) inside -= 1
    else next()
  }
  return async (work) => {
    if (inside < limits.atOnce) inside += 1
    else if (queue.length < limits.waiting) await new Promise<void>((resolve) => queue.push(resolve))
    else throw limits.refuse()
    try {
      return await work()
    } finally {
      leave()
    }
  }
}
