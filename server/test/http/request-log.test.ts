import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPerson, signIn } from '../people/person.ts'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { authorization, register } from '../setup/flow.ts'

let server: TestServer
let clientId: string
beforeAll(async () => {
  server = await startTestServer()
  clientId = await register(server)
})
afterAll(() => server.close())

/** What the log says of the request whose answer had this id. */
function linesOf({ headers }: { headers: Headers }) {
  const correlationId = headers.get('x-correlation-id')
  return server.logged.filter(({ detail }) => (detail as { correlationId?: unknown }).correlationId === correlationId)
}

const detailOf = (status: number, code: string) =>
  expect.objectContaining({ status, code, method: expect.any(String), path: expect.stringMatching(/^\//) })

describe('the log at its usual level', () => {
  it('tells of a form that is not of its page, with the code that the person was shown (A27, AS-OPS-05)', async () => {
    const person = createPerson(server)
    const page = await signIn(person, authorization(server, clientId).url)
    const forged = await person.post(page.url, { csrf: 'forged', decision: 'allow' })
    expect(linesOf(forged)).toEqual([
      { level: 'warn', message: 'request refused', detail: detailOf(403, 'SALLYPORT_E_FORM_TOKEN') },
    ])
  })

  it('tells of an address where nothing is, in a lower voice', async () => {
    const nothing = await fetch(`${server.issuer}/wp-login.php?password=x`)
    expect(linesOf(nothing)).toEqual([
      { level: 'info', message: 'request refused', detail: detailOf(404, 'SALLYPORT_E_NOT_FOUND') },
    ])
    expect(JSON.stringify(linesOf(nothing))).not.toContain('password')
  })

  it('tells once of what is told with its reason elsewhere', async () => {
    const person = createPerson(server)
    const wrong = await signIn(person, authorization(server, clientId).url, { password: 'guess' })
    const refused = await fetch(`${server.issuer}/token`, { method: 'POST', body: new URLSearchParams({ a: 'b' }) })
    for (const answer of [wrong, refused]) {
      expect(linesOf(answer).filter(({ level }) => level !== 'debug')).toHaveLength(1)
    }
  })

  it('does not tell of what went well', async () => {
    const metadata = await fetch(`${server.issuer}/.well-known/oauth-authorization-server`)
    expect(linesOf(metadata).map(({ level }) => level)).toEqual(['debug'])
  })
})
