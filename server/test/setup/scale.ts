/** Whether this run is a soak: the same tests, many times as often. */
const SOAK = process.env.SALLYPORT_SOAK === '1'

/**
 * How often a test does what it does. No kind of test is left out of the usual run; the soak does more of each.
 * @param usual in `npm test`, which has to end within minutes on two cores
 * @param soak in `npm run soak`, which has the night
 */
export function times(usual: number, soak: number): number {
  return SOAK ? soak : usual
}

/**
 * What a usual run looks at of a list that is too long for it: each `oneIn`th, so that neighbours, which are alike, are not
 * left out together. The soak looks at all.
 * @param shift where the counting begins: lists that are looked at side by side leave out different ones
 */
export function share<Item>(items: readonly Item[], oneIn: number, shift = 0): readonly Item[] {
  return items.filter((_, at) => (at + shift) % times(oneIn, 1) === 0)
}
