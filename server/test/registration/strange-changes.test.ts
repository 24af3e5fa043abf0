import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { secret } from '../../src/config/secret.ts'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { breakOff } from '../setup/raw-request.ts'
import { postRegistration } from './post-registration.ts'
import { MEMBERS, VALUES } from './strange-shapes.ts'

const INITIAL = randomBytes(32).toString('base64url')
const GOOD = { redirect_uris: ['https://app.example/callback'], token_endpoint_auth_method: 'none' }

let server: TestServer
let id: string
let token: string
beforeAll(async () => {
  server = await startTestServer({ settings: { registration: { mode: 'token', initialAccessToken: secret(INITIAL) } } })
  const { body } = await postRegistration(server, GOOD, { Authorization: `Bearer ${INITIAL}` })
  id = String(body.client_id)
  token = String(body.registration_access_token)
})
afterAll(() => server.close())

async function change(text: string): Promise<number> {
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }
  return (await fetch(`${server.issuer}/register/${id}`, { method: 'PUT', headers, body: text })).status
}

describe('a change of a registration with a member of any shape', () => {
  it.each(MEMBERS)(
    'is taken or refused, and never a failure of the server: %s (AS-DCR-08, A46, A75)',
    async (member) => {
      for (const method of ['none', 'client_secret_basic', 'private_key_jwt']) {
        for (const value of VALUES) {
          const good = JSON.stringify({ ...GOOD, client_id: id, token_endpoint_auth_method: method })
          // Spelled out, because an object that is written here would take `__proto__` for its own.
          const status = await change(`${good.slice(0, -1)},${JSON.stringify(member)}:${JSON.stringify(value)}}`)
          expect({ method, value, status: [200, 400].includes(status) ? 'judged' : status }).toEqual({
            ...{ method, value },
            status: 'judged',
          })
        }
      }
      expect(server.logged.filter(({ level }) => level === 'error')).toEqual([])
    },
  )
})

describe('a change of a registration', () => {
  const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth)

  it.each([
    { what: 'is nested too deeply', body: nested(20_000), status: 400 },
    { what: 'is larger than any client is', body: JSON.stringify({ client_name: 'a'.repeat(57 * 1024) }), status: 413 },
  ])('is refused like a registration when it $what (A46, AS-DCR-08)', async ({ body, status }) => {
    expect(await change(body)).toBe(status)
    expect(await change(JSON.stringify({ ...GOOD, client_id: id }))).toBe(200)
  })

  it('that its sender breaks off is no failure of the server (A42)', async () => {
    server.logged.length = 0
    const { pathname } = new URL(`${server.issuer}/register/${id}`)
    const from = [`Host: ${new URL(server.origin).host}`, `Authorization: Bearer ${token}`]
    const headers = [...from, 'Content-Type: application/json', 'Content-Length: 99']
    await breakOff(server.origin, `PUT ${pathname} HTTP/1.1`, headers)
    await expect.poll(() => server.logged.filter(({ message }) => message.startsWith('request'))).not.toEqual([])
    expect(server.logged.filter(({ level }) => level === 'error')).toEqual([])
  })
})
