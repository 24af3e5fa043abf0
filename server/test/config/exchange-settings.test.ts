import { describe, expect, it } from 'vitest'
import { formatProblem } from '../../src/config/problem.ts'
import { judgePublicKeySet } from '../../src/config/public-key-set.ts'
import { load, problemsOf, randomKey, settingsOf } from './loading.ts'

const KEY = { kty: 'EC', crv: 'P-256', x: 'A'.repeat(43), y: 'B'.repeat(43), kid: 'k', alg: 'ES256' }
const TOOLS = 'tools: { scopes: {}, tools: { whoami: { class: discovery, scopes: [] } } }'
const resource = (id: string, rest = '') =>
  `  - { id: ${id}, name: ${id}, uri: 'https://${id}.example/mcp', ${TOOLS}${rest} }\n`
const client = (rest: string) => `clients:\n  - { id: owner, name: Owner, ${rest} }\n`
const disk = (yaml: string) => ({ 'sallyport.yaml': yaml, 'owner.jwks.json': JSON.stringify({ keys: [KEY] }) })
const warningsOf = (yaml: string) => load(disk(yaml)).warnings.map(formatProblem).join()

describe('a resource of the settings', () => {
  it('names the client it signs in with and the resources that may be exchanged into it', () => {
    const yaml = `resources:\n${resource('a', ', ownerClient: owner')}${resource('b', ', exchangeOnly: true, exchangeFrom: [a]')}${client('jwks: owner.jwks.json')}`
    const { resources, clients } = settingsOf(disk(yaml))
    expect(resources).toMatchObject([
      { id: 'a', ownerClient: 'owner', exchangeOnly: false, exchangeFrom: [] },
      { id: 'b', exchangeOnly: true, exchangeFrom: ['a'] },
    ])
    expect(clients).toEqual([{ id: 'owner', name: 'Owner', redirectUris: [], jwks: { keys: [KEY] } }])
    expect(warningsOf(yaml)).toBe('')
  })

  it.each([
    { because: 'itself', rest: ', exchangeFrom: [a]', says: 'exchangeFrom[0]: is this very resource' },
    { because: 'one twice', rest: ', exchangeFrom: [b, b]', says: 'exchangeFrom[1]: is listed twice' },
    { because: 'an owner by secret', rest: ', ownerClient: owner', says: 'ownerClient: is a client without jwks' },
  ])('that names $because is refused (AS-TX-02, A136)', ({ rest, says }) => {
    const owner = client(`redirectUris: ['https://a.example/cb'], secret: ${randomKey()}`)
    expect(problemsOf(disk(`resources:\n${resource('a', rest)}${owner}`)).join()).toContain(`resources[0].${says}`)
  })

  it('that names what the file does not hold is a warning: the registry may know it', () => {
    const yaml = `resources:\n${resource('a', ', ownerClient: elsewhere, exchangeFrom: [b]')}`
    expect(warningsOf(yaml)).toContain('ownerClient: is not a client of this file')
    expect(warningsOf(yaml)).toContain('exchangeFrom[0]: is not a resource of this file')
    expect(warningsOf(`resources:\n${resource('a', ', exchangeOnly: true')}`)).toContain('no token can be had')
  })

  it('that is reached by exchange alone is nobody’s default', () => {
    const yaml = `resources:\n${resource('a')}${resource('b', ', exchangeOnly: true, exchangeFrom: [a]')}${client("redirectUris: ['https://a.example/cb'], defaultResource: b")}`
    expect(problemsOf(disk(yaml)).join()).toContain('clients[0].defaultResource: is reached by exchange alone')
  })
})

describe('a client of the settings that signs in by key', () => {
  it.each([
    { because: 'a secret beside the key', rest: `jwks: owner.jwks.json, secret: ${randomKey()}`, path: 'jwks: is set' },
    { because: 'a file that is not there', rest: 'jwks: other.json', path: 'jwks: /srv/app/other.json does not exist' },
    { because: 'no keys', rest: 'jwks: { keys: [] }', path: 'jwks: must be a JWK Set with at least one key' },
    {
      because: 'a redirect into an app',
      rest: "jwks: owner.jwks.json, redirectUris: ['cursor://anysphere.cursor-mcp/cb']",
      path: 'redirectUris[0]: is for public clients',
    },
  ])('is refused for $because', ({ rest, path }) => {
    expect(problemsOf(disk(client(rest))).join()).toContain(`clients[0].${path}`)
  })

  it.each([
    { because: 'a private part', key: { ...KEY, d: 'secret' }, says: 'holds a private or shared key' },
    { because: 'a shared key', key: { kty: 'oct', k: 'secret' }, says: 'holds a private or shared key' },
    { because: 'another curve', key: { ...KEY, crv: 'secp256k1' }, says: 'must be on the curve P-256' },
    { because: 'a short modulus', key: { kty: 'RSA', n: 'A'.repeat(171), e: 'AQAB' }, says: 'must have 2048 bits' },
    { because: 'encryption', key: { ...KEY, use: 'enc' }, says: 'is not for signatures' },
    { because: 'a member that is no text', key: { ...KEY, kid: 1 }, says: 'has a member that is not printable text' },
    ...['\0', '\ud800', '\u202e', '\n'].map((character) => ({
      because: `${JSON.stringify(character)} in its id, which no database or log should hold,`,
      key: { ...KEY, kid: `a${character}b` },
      says: 'has a member that is not printable text',
    })),
    { because: 'no type', key: {}, says: 'must be of type' },
    { because: 'no key', key: null, says: 'must be a JSON Web Key' },
  ])('cannot have a key with $because (A99)', ({ key, says }) => {
    const judged = judgePublicKeySet({ keys: [KEY, key] })
    expect(judged).toEqual({ ok: false, reason: expect.stringContaining(`keys[1] ${says}`) })
    expect(JSON.stringify(judged)).not.toContain('secret')
  })

  it('keeps public members and drops the rest', () => {
    const judged = judgePublicKeySet({ keys: [{ ...KEY, x5c: ['…'], ext: true, key_ops: ['verify'] }] })
    expect(judged).toEqual({ ok: true, jwks: { keys: [KEY] } })
  })

  it('has at most ten keys', () => {
    expect(judgePublicKeySet({ keys: Array.from({ length: 11 }, () => KEY) })).toMatchObject({ ok: false })
  })
})
