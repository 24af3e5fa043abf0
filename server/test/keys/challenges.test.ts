import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { secret } from '../../src/config/secret.ts'
import { createChallenges } from '../../src/keys/challenges.ts'
import { createSealer } from '../../src/keys/sealing.ts'

const newKey = () => secret(randomBytes(32).toString('base64'))
const [OLD, NEW] = [newKey(), newKey()]
const START = 1_795_166_400

let time = START
const challengesOf = (...keys: ReturnType<typeof newKey>[]) => createChallenges(createSealer(keys), () => time)
const issue = (binding: string[]): string => challengesOf(OLD).issue(binding, 600).toString('base64url')

describe('a challenge', () => {
  it('is known for what it was made for, until its end', () => {
    time = START
    const challenge = issue(['sign-in', 'a'])
    time = START + 599
    expect(challengesOf(OLD).check(['sign-in', 'a'], challenge)).toMatchObject({ secondsLeft: 1 })
    time = START + 600
    expect(challengesOf(OLD).check(['sign-in', 'a'], challenge)).toBeUndefined()
  })

  it('is like no other, and no word of its purpose can be moved to another', () => {
    time = START
    const challenge = issue(['sign-in', 'a'])
    expect(issue(['sign-in', 'a'])).not.toBe(challenge)
    for (const binding of [['sign-in', 'b'], ['sign-in'], ['sign-ina'], ['sign-in', 'a', ''], ['add', 'a']]) {
      expect(challengesOf(OLD).check(binding, challenge), binding.join()).toBeUndefined()
    }
  })

  it('is known by every key that is configured, and by none that is not', () => {
    time = START
    const challenge = issue(['sign-in', 'a'])
    expect(challengesOf(NEW, OLD).check(['sign-in', 'a'], challenge)).toBeDefined()
    expect(challengesOf(NEW).check(['sign-in', 'a'], challenge)).toBeUndefined()
  })

  it('with one bit changed is nobody’s, above all not one that lasts longer', () => {
    time = START
    const bytes = Buffer.from(issue(['sign-in', 'a']), 'base64url')
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes)
      changed[at] = (changed[at] ?? 0) ^ 1
      expect(challengesOf(OLD).check(['sign-in', 'a'], changed.toString('base64url')), `byte ${at}`).toBeUndefined()
    }
    for (const wrong of ['', 'x', bytes.subarray(1).toString('base64url'), `${bytes.toString('base64url')}AAAA`]) {
      expect(challengesOf(OLD).check(['sign-in', 'a'], wrong)).toBeUndefined()
    }
  })
})
