import { argon2Sync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { hashPassword, verifyPassword } from '../../src/store/password.ts'

const PASSWORD = 'correct horse battery staple'

/** A PHC string for `password` that costs as little as Argon2 allows. */
function cheapHash(password: string, { memory = 8, passes = 1, parallelism = 1 } = {}): string {
  const nonce = Buffer.from('0123456789abcdef')
  const tag = argon2Sync('argon2id', { message: password, nonce, parallelism, tagLength: 32, memory, passes })
  const text = (bytes: Buffer) => bytes.toString('base64').replaceAll('=', '')
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${text(nonce)}$${text(tag)}`
}

describe('a password hash', () => {
  it('is a PHC string with the parameters that OWASP recommends', async () => {
    expect(await hashPassword(PASSWORD)).toMatch(
      /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/,
    )
  })

  it('is salted: the same password never has the same hash', async () => {
    expect(await hashPassword(PASSWORD)).not.toBe(await hashPassword(PASSWORD))
  })

  it('matches its password and no other', async () => {
    const phc = await hashPassword(PASSWORD)
    expect(await verifyPassword(PASSWORD, phc)).toBe(true)
    expect(await verifyPassword(`${PASSWORD} `, phc)).toBe(false)
    expect(await verifyPassword(PASSWORD.toUpperCase(), phc)).toBe(false)
    expect(await verifyPassword('', phc)).toBe(false)
  })

  it('matches however the keyboard wrote an accented letter', async () => {
    const phc = await hashPassword('caf\u00e9 caf\u00e9 caf\u00e9')
    expect(await verifyPassword('cafe\u0301 cafe\u0301 cafe\u0301', phc)).toBe(true)
  })

  it('is verified with the parameters it was made with', async () => {
    expect(await verifyPassword(PASSWORD, cheapHash(PASSWORD, { memory: 64, passes: 3, parallelism: 2 }))).toBe(true)
  })

  it('does not hold up the main thread', async () => {
    let turns = 0
    const timer = setInterval(() => {
      turns += 1
    }, 1)
    await Promise.all(Array.from({ length: 4 }, () => hashPassword(PASSWORD)))
    clearInterval(timer)
    expect(turns).toBeGreaterThan(2)
  })

  it.each([
    { because: 'too much memory', change: (phc: string) => phc.replace('m=8', 'm=4194304') },
    { because: 'too many passes', change: (phc: string) => phc.replace('t=1', 't=999') },
    { because: 'no memory', change: (phc: string) => phc.replace('m=8', 'm=0') },
    { because: 'more lanes than memory', change: (phc: string) => phc.replace('p=1', 'p=16') },
    { because: 'another version', change: (phc: string) => phc.replace('v=19', 'v=16') },
    { because: 'another algorithm', change: (phc: string) => phc.replace('argon2id', 'argon2i') },
    { because: 'a short tag', change: (phc: string) => phc.replace(/\$[^$]+$/, '$AAAA') },
    { because: 'no tag', change: (phc: string) => phc.replace(/[^$]+$/, '') },
    { because: 'nothing', change: () => '' },
    { because: 'plain text', change: () => PASSWORD },
  ])('with $because matches nothing', async ({ change }) => {
    const phc = cheapHash(PASSWORD)
    expect(await verifyPassword(PASSWORD, phc)).toBe(true)
    expect(await verifyPassword(PASSWORD, change(phc))).toBe(false)
  })

  it('is not made of a password that could never be verified', async () => {
    await expect(hashPassword('')).rejects.toThrow(RangeError)
    await expect(hashPassword('x'.repeat(1025))).rejects.toThrow(RangeError)
    expect(await verifyPassword('x'.repeat(1025), cheapHash('x'))).toBe(false)
  })

  it('A35: costs about as much to try for a login that does not exist', async () => {
    const phc = await hashPassword(PASSWORD)
    // In the processor's time: on a busy machine the clock tells how busy it is.
    const cost = async (stored: string | undefined) => {
      const before = process.cpuUsage()
      for (let round = 0; round < 5; round += 1) await verifyPassword('wrong password here', stored)
      const { user, system } = process.cpuUsage(before)
      return user + system
    }
    await cost(phc)
    const [known, unknown] = [await cost(phc), await cost(undefined)]
    expect(unknown / known).toBeGreaterThan(0.3)
    expect(unknown / known).toBeLessThan(3)
  })
})
