/** Lets one at a time through for each key, in the order they came. */
export interface Turns {
  /** How many are at it or wait. */
  count(key: string): number
  run<Result>(key: string, work: () => Promise<Result>): Promise<Result>
}

export function createTurns(): Turns {
  const turns = new Map<string, { last: Promise<unknown>; count: number }>()
  return {
    count: (key) => turns.get(key)?.count ?? 0,
    async run(key, work) {
      const turn = turns.get(key) ?? { last: Promise.resolve(), count: 0 }
      turns.set(key, turn)
      turn.count += 1
      const mine = turn.last.then(work, work)
      turn.last = mine
      try {
        return await mine
      } finally {
        turn.count -= 1
        if (turn.count === 0) turns.delete(key)
      }
    },
  }
}
