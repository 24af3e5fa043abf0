import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findTags, parseTags, sectionOf, valuesOf } from '../pages/markup.ts'
import { PASSWORD, startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { authorization, register } from '../setup/flow.ts'
import { createPerson, decide, nextOf, signIn } from './person.ts'

// What scripted logins rely on; a change here breaks programs of others.
const TOOLS = {
  scopes: {
    'mcp:repositories:list': { class: 'discovery', description: 'See the list of repositories' },
    'mcp:issue:read': { class: 'read', description: 'Read issues' },
    'mcp:issue:create': { class: 'write', description: 'Create issues' },
    'mcp:url:fetch': { class: 'external-network', description: 'Fetch pages' },
  },
  tools: {},
}
const RESOURCE = 'https://mcp.example.com/contract'
const SCOPE = Object.keys(TOOLS.scopes).join(' ')

let server: TestServer
beforeAll(async () => {
  server = await startTestServer({ path: '/tenant' })
  const resource = {
    id: 'contract',
    uri: RESOURCE,
    name: 'Contract',
    aliases: [],
    tools: TOOLS,
    source: 'cli' as const,
  }
  await server.store.resources.add({ ...resource, accessTokenSeconds: undefined })
})
afterAll(() => server.close())

async function ask(clientId?: string): Promise<string> {
  return authorization(server, clientId ?? (await register(server)), { resource: RESOURCE, scope: SCOPE }).url
}

/** The tags of the form that a person's decision goes through: the first of the page. */
function formOf(html: string) {
  const form = sectionOf(html, '<form', '</form>')
  const [start] = findTags(form, 'form')
  const inputs = parseTags(form).filter(({ name }) => name === 'input')
  const named = (name: string) => inputs.filter(({ attributes }) => attributes.get('name') === name)
  return { start, form, inputs, named, buttons: findTags(form, 'button') }
}

describe('the contract with scripted logins', () => {
  it('sign-in: a form with login and password that posts to its own address', async () => {
    const page = await createPerson(server).open(await ask())
    const { start, named, inputs } = formOf(page.html)
    expect(start?.attributes.get('method')).toBe('post')
    expect(new URL(start?.attributes.get('action') ?? '', page.url).href).toBe(page.url)
    expect(inputs.map(({ attributes }) => attributes.get('name')).sort()).toEqual(['csrf', 'login', 'password'])
    expect(named('password')[0]?.attributes.get('type')).toBe('password')
    expect(named('csrf')[0]?.attributes.get('type')).toBe('hidden')
  })

  it('consent: boxes "scope", radios "duration", buttons "decision"', async () => {
    const page = await signIn(createPerson(server), await ask())
    const { start, named, buttons } = formOf(page.html)
    expect(start?.attributes.get('method')).toBe('post')
    expect(new URL(start?.attributes.get('action') ?? '', page.url).href).toBe(page.url)
    const boxes = named('scope').map(({ attributes }) => [
      attributes.get('type'),
      attributes.get('value'),
      attributes.has('checked'),
    ])
    expect(boxes).toEqual([
      ['checkbox', 'mcp:repositories:list', true],
      ['checkbox', 'mcp:issue:read', true],
      ['checkbox', 'mcp:issue:create', true],
      ['checkbox', 'mcp:url:fetch', false],
    ])
    const radios = named('duration').map(({ attributes }) => [
      attributes.get('type'),
      attributes.get('value'),
      attributes.has('checked'),
    ])
    expect(radios).toEqual([
      ['radio', 'once', false],
      ['radio', 'session', false],
      ['radio', 'until_revoked', true],
    ])
    expect(valuesOf(buttons, 'name')).toEqual(['decision', 'decision'])
    expect(valuesOf(buttons, 'value')).toEqual(['deny', 'allow'])
  })

  it('one click: the same form without boxes and radios', async () => {
    const clientId = await register(server)
    const person = createPerson(server)
    const first = await signIn(person, await ask(clientId))
    await decide(person, first, { scopes: SCOPE.split(' ') })
    const page = await person.open(await ask(clientId))
    const { start, named, inputs, buttons } = formOf(page.html)
    expect(new URL(start?.attributes.get('action') ?? '', page.url).href).toBe(page.url)
    expect(named('scope')).toEqual([])
    expect(inputs.map(({ attributes }) => attributes.get('name'))).toEqual(['csrf'])
    expect(valuesOf(buttons, 'value')).toEqual(['deny', 'allow'])
    expect((await person.submit(page, { decision: 'allow' })).callback?.has('code')).toBe(true)
  })

  it.each([
    ['sign-in', { login: 'alice', password: PASSWORD }],
    ['consent', { decision: 'allow', scope: 'mcp:issue:read' }],
    ['consent', { decision: 'deny' }],
    ['consent', { decision: 'switch' }],
  ] as const)(
    '%s %o ends through a page of status 200 that moves on by itself and has a link rel="next"',
    async (name, fields) => {
      const person = createPerson(server)
      const url = await ask()
      const page = name === 'sign-in' ? await person.open(url) : await signIn(person, url)
      const csrf = formOf(page.html).named('csrf')[0]?.attributes.get('value') ?? ''
      const posted = await person.post(page.url, { ...fields, csrf })
      expect(posted.status).toBe(303)
      const there = new URL(posted.headers.get('location') ?? '', page.url)
      const between = await person.browser.get(there.href)
      expect(between.status).toBe(200)
      const html = await between.text()
      const next = nextOf(html) ?? ''
      expect(next).toMatch(/^\/tenant\/authorize\/[\w-]+$/)
      expect(findTags(html, 'meta', { 'http-equiv': 'refresh' })[0]?.attributes.get('content')).toBe(`0;url=${next}`)
      expect(html).not.toMatch(/code=|access_denied/)
    },
  )
})
