import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createHostileIssuer } from '../../src/issuer/create-hostile-issuer.ts'
import type { HostileIssuer } from '../../src/issuer/hostile-issuer.ts'
import { findToken } from '../../src/server/downstream/token-trace.ts'
import type { WireRequest } from '../../src/wire/message.ts'

const HERE = 'https://mcp.example.com/mcp'
const OPAQUE = 'vF9dft4qmTcF3Zr9rRB0nLkqZ0a8J1xA'

let issuer: HostileIssuer
let token: string

beforeAll(async () => {
  issuer = await createHostileIssuer()
  token = await issuer.mint(HERE)
})
afterAll(() => issuer.close())

function request(change: Partial<WireRequest>): WireRequest {
  return { method: 'GET', url: 'http://127.0.0.1:9/downstream', headers: [], ...change }
}

const base64 = (text: string): string => Buffer.from(text).toString('base64')

describe('a token that went on (RS-DS-01)', () => {
  it.each<[place: string, change: (token: string) => Partial<WireRequest>]>([
    ['as a bearer token', (t) => ({ headers: [['authorization', `Bearer ${t}`]] })],
    ['in any other header', (t) => ({ headers: [['x-user', t]] })],
    ['in the address', (t) => ({ url: `http://127.0.0.1:9/downstream?t=${t}` })],
    ['in the body', (t) => ({ method: 'POST', body: JSON.stringify({ a: { b: t } }) })],
    ['as the password of Basic', (t) => ({ headers: [['authorization', `Basic ${base64(`notes:${t}`)}`]] })],
    ['in base64 of base64', (t) => ({ headers: [['x-context', base64(base64(`x${t}`))]] })],
    ['in hex', (t) => ({ headers: [['x-context', Buffer.from(t).toString('hex')]] })],
    ['without its end', (t) => ({ headers: [['x-user', t.slice(0, -8)]] })],
    [
      'cut up over two headers',
      (t) => ({
        headers: [
          ['x-one', t.slice(0, -20)],
          ['x-two', t.slice(-20)],
        ],
      }),
    ],
  ])('is found %s', (_, change) => {
    expect(findToken(token, [request({}), request(change(token))])?.kind).toBe('credential')
  })

  it('is found though it is no JWT', () => {
    const trace = findToken(OPAQUE, [request({ headers: [['x-user', `t=${OPAQUE}`]] })])
    expect(trace).toEqual({ kind: 'credential', where: 'the header x-user' })
  })

  it('is told from its claims, which open nothing alone', () => {
    const [, claims = ''] = token.split('.')
    expect(findToken(token, [request({ headers: [['x-jwt-payload', claims]] })])?.kind).toBe('claims')
  })
})

describe('what is no trace of a token', () => {
  it('is another token of the same issuer and user, with the same header', async () => {
    const other = await issuer.mint('http://127.0.0.1:9/downstream')
    expect(findToken(token, [request({ headers: [['authorization', `Bearer ${other}`]] })])).toBeUndefined()
  })

  it('is who it is about', () => {
    const headers = [['x-user', 'examiner']] as const
    expect(findToken(token, [request({ headers })])).toBeUndefined()
  })
})
