/**
 * Draws some of a list, each once. The same seed draws the same, so that a draw that found something can be made again.
 * @param count how many; all of them where there are not as many
 * @param seed a whole number below 2³²
 */
export function draw<Item>(items: readonly Item[], count: number, seed: number): readonly Item[] {
  const random = mulberry32(seed)
  const left = [...items]
  const drawn: Item[] = []
  while (drawn.length < count && left.length > 0) {
    drawn.push(...left.splice(Math.floor(random() * left.length), 1))
  }
  return drawn
}

/** A small generator that is good enough to choose by, and bad enough for everything else. @returns numbers from 0 to below 1 */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
