import { createHash, randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { secret } from '../../src/config/secret.ts'
import { createSealer } from '../../src/keys/sealing.ts'
import { createSuccessors } from '../../src/keys/successor.ts'

const newKey = () => secret(randomBytes(32).toString('base64'))
const [OLD, NEW] = [newKey(), newKey()]
const successorsOf = (...keys: ReturnType<typeof newKey>[]) => createSuccessors(createSealer(keys))

describe('the successor of a refresh token', () => {
  it('is 256 bits that every process with the key arrives at, and nobody without it (A105)', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 60 }), (token) => {
        const successor = successorsOf(OLD).next(token)
        expect(successor).toMatch(/^[A-Za-z0-9_-]{43}$/)
        expect(successorsOf(OLD).next(token)).toBe(successor)
        expect(successorsOf(NEW).next(token)).not.toBe(successor)
        expect(successor).not.toBe(createHash('sha256').update(token).digest('base64url'))
      }),
    )
  })

  it('is another one for every token, however alike two are', () => {
    const successors = successorsOf(OLD)
    fc.assert(
      fc.property(fc.string(), fc.string(), (one, other) => {
        expect(successors.next(one) === successors.next(other)).toBe(one === other)
      }),
    )
  })

  it('is found again by its key after the keys were changed, and not when that key is gone (AS-RT-03)', () => {
    const made = successorsOf(OLD).next('token')
    const isMade = (candidate: string): boolean => candidate === made
    expect(successorsOf(NEW, OLD).matching('token', isMade)).toBe(made)
    expect(successorsOf(NEW).matching('token', isMade)).toBeUndefined()
    expect(successorsOf(NEW, OLD).next('token')).toBe(successorsOf(NEW).next('token'))
  })
})
