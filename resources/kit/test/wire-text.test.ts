import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buildChallenge } from '../src/http/challenge.ts'
import { parseJsonText } from '../src/mcp/json-text.ts'
import { readCredentials } from '../src/token/credentials.ts'

const RESOURCE = new URL('https://mcp.example.com/mcp')

describe('parseJsonText', () => {
  it('reads what JSON.parse reads, whatever strings hold', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.nat(3), (value, indent) => {
        const text = JSON.stringify(value, undefined, indent)
        expect(parseJsonText(text)).toEqual({ ok: true, value: JSON.parse(text) })
      }),
    )
  })

  it('finds a key that occurs twice wherever it stands (R23)', () => {
    fc.assert(
      fc.property(fc.string(), fc.jsonValue({ maxDepth: 4 }), fc.jsonValue({ maxDepth: 4 }), (key, a, b) => {
        const member = (value: unknown): string => `${JSON.stringify(key)} : ${JSON.stringify(value)}`
        const text = `{"params":[1,{${member(a)},"between":{},${member(b)}}]}`
        expect(parseJsonText(text)).toEqual({ ok: false, detail: 'a key occurs twice' })
      }),
    )
  })
})

describe('buildChallenge (RS-401-07, R10)', () => {
  it('is one line of printable ASCII in which every quote inside a value is escaped', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.array(fc.string()), (description, scopes) => {
        const value = buildChallenge({
          scheme: 'Bearer',
          error: 'insufficient_scope',
          description: `x${description}\r\nSet-Cookie: a=b"`,
          scopes: ['a:b', ...scopes],
          resourceMetadata: 'https://mcp.example.com/.well-known/oauth-protected-resource',
        })
        expect(value).toMatch(/^Bearer (?:[a-z_]+="(?:[\x20-\x21\x23-\x5b\x5d-\x7e]|\\["\\])*"(?:, |$)){4}$/)
        expect(() => new Headers({ 'www-authenticate': value })).not.toThrow()
      }),
    )
  })
})

describe('readCredentials', () => {
  it('takes exactly one token and never throws', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const credentials = readCredentials(`Bearer ${text}`, RESOURCE)
        if (credentials.kind === 'token') expect(credentials.token).toBe(text.trimStart())
      }),
    )
  })
})
