import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PASSWORD, startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { fieldOf } from '../setup/browser.ts'
import { authorization, register } from '../setup/flow.ts'
import { createPerson, type Place, signIn } from './person.ts'

let server: TestServer
let clientId: string
beforeAll(async () => {
  server = await startTestServer()
  clientId = await register(server)
})
afterAll(() => server.close())

/** A page of ours with its headers, not JSON and not a bare line. */
async function expectPage(answer: Response | Place, status: number): Promise<string> {
  const html = 'html' in answer ? answer.html : await answer.text()
  expect(answer.status, html).toBe(status)
  expect(answer.headers.get('content-type')).toContain('text/html')
  expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'")
  expect(answer.headers.get('cache-control')).toBe('no-store')
  expect(html).toMatch(/SALLYPORT_E_[A-Z_]+/)
  expect(html).toMatch(/req_[\w-]{16}/)
  expect(html).not.toContain('oops')
  return html
}

/** Takes the statements of one kind away from the database, as an outage in the middle of a request does. */
async function breaking<Result>(table: string, work: () => Promise<Result>): Promise<Result> {
  const rename = (from: string, to: string) =>
    server.store.database.write({ name: `test rename ${from}`, text: `ALTER TABLE ${from} RENAME TO ${to}` }, [])
  await rename(table, `${table}_away`)
  try {
    return await work()
  } finally {
    await rename(`${table}_away`, table)
  }
}

describe('a person gets a page', () => {
  it('at an address below /authorize that does not exist, or takes no form', async () => {
    await expectPage(await fetch(`${server.origin}/authorize/abc/nothing`), 404)
    await expectPage(await fetch(`${server.origin}/authorize/abc`, { method: 'POST' }), 405)
    await expectPage(await fetch(`${server.origin}/authorize`, { method: 'POST' }), 405)
  })

  it('for a request that is malformed beyond reading', async () => {
    const many = Array.from({ length: 200 }, (_, i) => `p${i}=1`).join('&')
    await expectPage(await fetch(`${server.origin}/authorize?${many}`), 400)
    await expectPage(await fetch(`${server.origin}/authorize?client_id=%00`), 400)
  })

  it('for a form that is too large', async () => {
    const person = createPerson(server)
    const page = await person.open(authorization(server, clientId).url)
    const answer = await person.post(page.url, { login: 'alice', password: 'x'.repeat(100_000) })
    await expectPage(answer, 413)
  })

  it('when the database fails at the sign-in form', async () => {
    const person = createPerson(server)
    const page = await person.open(authorization(server, clientId).url)
    const form = { csrf: fieldOf(page.html, 'csrf'), login: 'alice', password: PASSWORD }
    const html = await expectPage(await breaking('identities', () => person.post(page.url, form)), 503)
    expect(html).toContain('load this page again')
    expect((await person.post(page.url, form)).status).toBe(303)
  })

  it('when the database fails on the way back to the app, and loading that page again goes on', async () => {
    const person = createPerson(server)
    const page = await signIn(person, authorization(server, clientId).url)
    await person.post(page.url, { csrf: fieldOf(page.html, 'csrf'), decision: 'allow', scope: 'mcp:issue:read' })
    const resume = page.url.replace(/\/consent$/, '')
    for (const table of ['authorization_codes', 'consents', 'sessions']) {
      const failed = await breaking(table, () => person.open(resume))
      const html = await expectPage(failed, 503)
      expect(failed.headers.get('retry-after')).toBe('2')
      expect(html).toContain('load this page again')
    }
    expect((await person.open(resume)).callback?.has('code')).toBe(true)
  })

  it('when what was agreed ended before the code was written', async () => {
    const person = createPerson(server)
    const page = await signIn(person, authorization(server, clientId).url)
    await person.post(page.url, { csrf: fieldOf(page.html, 'csrf'), decision: 'allow', scope: 'mcp:issue:read' })
    const place = await losing('consents', () => person.open(page.url.replace(/\/consent$/, '')))
    const html = await expectPage(place, 400)
    expect(html).toContain('start again')
  })

  it('that names no address of the client as a link', async () => {
    const url = authorization(server, clientId, {
      redirect_uri: 'https://evil.example/"><a href="https://evil.example',
    })
    const html = await expectPage(await createPerson(server).open(url.url), 400)
    expect(html).not.toContain('<a ')
    expect(html).not.toMatch(/href="https?:/)
  })

  it('when the database fails at the sign-out page', async () => {
    const person = createPerson(server)
    await signIn(person, authorization(server, clientId).url)
    await expectPage(await breaking('session_ids', () => person.open(`${server.issuer}/logout`)), 503)
  })
})

/** Lets rows be read and never be found by a statement that depends on them: the race that is lost at the last moment. */
async function losing<Result>(table: string, work: () => Promise<Result>): Promise<Result> {
  const run = (text: string) => server.store.database.write({ name: `test ${text.slice(0, 50)}`, text }, [])
  await run(`CREATE FUNCTION never() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'`)
  await run(
    `CREATE TRIGGER never BEFORE INSERT ON ${table === 'consents' ? 'grants' : table} FOR EACH ROW EXECUTE FUNCTION never()`,
  )
  try {
    return await work()
  } finally {
    await run('DROP FUNCTION never CASCADE')
  }
}
