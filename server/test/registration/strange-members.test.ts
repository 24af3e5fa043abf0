import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { forgetLimits } from '../setup/limits.ts'
import { postRegistration } from './post-registration.ts'
import { MEMBERS, VALUES } from './strange-shapes.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

// More than one source may register.
beforeEach(async () => {
  await forgetLimits(server)
})

describe('a registration with a member of any shape', () => {
  it.each(MEMBERS)('is taken or refused, and never a failure of the server: %s (AS-DCR-03, A75)', async (member) => {
    for (const method of ['none', 'client_secret_basic', 'private_key_jwt']) {
      for (const value of VALUES) {
        const good = { redirect_uris: ['https://app.example/callback'], token_endpoint_auth_method: method }
        // Spelled out, because an object that is written here would take `__proto__` for its own.
        const text = `${JSON.stringify(good).slice(0, -1)},${JSON.stringify(member)}:${JSON.stringify(value)}}`
        const { status, body } = await postRegistration(server, text)
        expect({ method, value, body, status: [201, 400].includes(status) }).toMatchObject({ status: true })
      }
    }
    expect(server.logged.filter(({ level }) => level === 'error')).toEqual([])
  })

  it.each(['id_token_signed_response_alg', 'userinfo_encrypted_response_alg'])(
    'gets no secret for the sake of %s, which means nothing here',
    async (member) => {
      const payload = { redirect_uris: ['https://app.example/callback'], token_endpoint_auth_method: 'none' }
      for (const algorithm of ['HS256', 'A128KW', 'dir']) {
        const { status, body } = await postRegistration(server, { ...payload, [member]: algorithm })
        expect({ status, secret: body.client_secret }).toEqual({ status: 201, secret: undefined })
      }
    },
  )
})
