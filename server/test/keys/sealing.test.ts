import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { secret } from '../../src/config/secret.ts'
import { createSealer, type SealingContext } from '../../src/keys/sealing.ts'

const newKey = () => secret(randomBytes(32).toString('base64'))
const [KEY, OTHER_KEY] = [newKey(), newKey()]
const HERE: SealingContext = { purpose: 'interaction', table: 'interactions', rowId: 'row-1' }
const bytes = fc.uint8Array({ maxLength: 300 })

describe('a sealed value', () => {
  it('opens in its place, and never looks the same twice', () => {
    const sealer = createSealer([KEY])
    fc.assert(
      fc.property(bytes, (plaintext) => {
        const [one, other] = [sealer.seal(HERE, plaintext), sealer.seal(HERE, plaintext)]
        expect(sealer.open(HERE, one)).toEqual(Buffer.from(plaintext))
        expect(one.equals(other)).toBe(false)
        if (plaintext.length > 8) expect(one.includes(Buffer.from(plaintext))).toBe(false)
      }),
    )
  })

  it('does not open after any change, nor cut short, nor with something added', () => {
    const sealer = createSealer([KEY, OTHER_KEY])
    fc.assert(
      fc.property(bytes, fc.nat(), fc.integer({ min: 1, max: 255 }), fc.nat(), (plaintext, at, change, length) => {
        const sealed = sealer.seal(HERE, plaintext)
        const altered = Buffer.from(sealed)
        const index = at % altered.length
        altered[index] = (altered[index] ?? 0) ^ change
        expect(sealer.open(HERE, altered)).toBeUndefined()
        expect(sealer.open(HERE, sealed.subarray(0, length % sealed.length))).toBeUndefined()
        expect(sealer.open(HERE, Buffer.concat([sealed, Buffer.of(change)]))).toBeUndefined()
      }),
    )
  })

  it('is nothing when it is made up', () => {
    const sealer = createSealer([KEY])
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (made) => sealer.open(HERE, made) === undefined))
  })

  it.each([
    { because: 'another purpose', place: { ...HERE, purpose: 'signing-key' } },
    { because: 'another table', place: { ...HERE, table: 'signing_keys' } },
    { because: 'another row', place: { ...HERE, rowId: 'row-2' } },
    { because: 'a row whose name runs into its table', place: { ...HERE, table: 'interactionsr', rowId: 'ow-1' } },
  ] as const)('does not open when it was moved: $because', ({ place }) => {
    const sealer = createSealer([KEY])
    const sealed = sealer.seal(HERE, Buffer.from('value'))
    expect(sealer.open(place, sealed)).toBeUndefined()
    expect(sealer.open(HERE, sealed)?.toString()).toBe('value')
  })

  it('opens after the key was changed while the old one is still in the list, and not after it left', () => {
    const sealed = createSealer([KEY]).seal(HERE, Buffer.from('value'))
    const rotated = createSealer([OTHER_KEY, KEY])
    expect(rotated.open(HERE, sealed)?.toString()).toBe('value')
    expect(createSealer([OTHER_KEY]).open(HERE, sealed)).toBeUndefined()
    expect(createSealer([KEY]).open(HERE, rotated.seal(HERE, Buffer.from('value')))).toBeUndefined()
  })
})

describe('subkeys', () => {
  it('differ by purpose and by key, and are none of the keys', () => {
    const sealer = createSealer([KEY, OTHER_KEY])
    const all = [...sealer.macKeys('refresh-token-successor'), ...sealer.macKeys('form-token')]
    const texts = all.map((key) => key.toString('base64'))
    expect(new Set([...texts, KEY.reveal(), OTHER_KEY.reveal()]).size).toBe(6)
  })

  it('are the same in another process with the same keys', () => {
    const [one, other] = [createSealer([KEY]), createSealer([KEY])]
    expect(one.macKeys('form-token')).toEqual(other.macKeys('form-token'))
  })
})

describe('encryption keys', () => {
  it.each([
    { because: 'there is none', keys: [] },
    { because: 'one is too short', keys: [secret(randomBytes(31).toString('base64'))] },
    { because: 'one is too long', keys: [KEY, secret(randomBytes(33).toString('base64'))] },
    { because: 'one is empty', keys: [secret('')] },
  ])('are refused when $because', ({ keys }) => {
    expect(() => createSealer(keys)).toThrow(RangeError)
  })
})
