import { timingSafeEqual } from 'node:crypto'

/** Whether two texts are the same, in a time that does not depend on where they differ. Their lengths are no secret. */
export function equalInConstantTime(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}
