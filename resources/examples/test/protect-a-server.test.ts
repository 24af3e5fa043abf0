import { UnauthorizedError } from '@modelcontextprotocol/client'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { askedScopes } from '../../../server/test/e2e/asked-scopes.ts'
import { callTool, createSdk2Application, type Sdk2Application } from '../../../server/test/e2e/sdk2-application.ts'
import { RESOURCE } from '../../../server/test/setup/authorization-server.ts'
import { approve, signInAndRedeem } from '../../../server/test/setup/flow.ts'
import { type OpenStory, openStory, STORY_TIMEOUT_MS } from './setup/open-story.ts'

let story: OpenStory
let url: string
let application: Sdk2Application

beforeAll(async () => {
  story = await openStory('01-protect-a-server')
  url = story.urls['server.ts'] ?? ''
  application = createSdk2Application(url)
}, STORY_TIMEOUT_MS)
afterAll(() => story.close())

describe('the story of a protected server', () => {
  it('begins with 401, the scope and the address of the metadata (RS-401-01)', async () => {
    const response = await fetch(url, { method: 'POST' })
    expect(response.status).toBe(401)
    const challenge = response.headers.get('www-authenticate') ?? ''
    expect(challenge).toContain('scope="books:read"')
    const metadata = /resource_metadata="([^"]+)"/.exec(challenge)?.[1] ?? ''
    expect(await (await fetch(metadata)).json()).toMatchObject({
      resource: url,
      authorization_servers: [story.server.issuer],
    })
  })

  it('leads a client to a page that asks for the one permission, and to a token for this server', async () => {
    await expect(application.connect()).rejects.toBeInstanceOf(UnauthorizedError)
    const callback = await approve(story.server, { url: application.memory.sentTo?.href ?? '' })
    expect(askedScopes(callback)).toEqual([['books:read']])
    await application.comeBack(callback.params)
    expect(decodeJwt(application.memory.tokens?.access_token ?? '').aud).toBe(url)
  })

  it('finds books', async () => {
    const client = await application.connect()
    expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['book_find'])
    const found = await callTool(client, 'book_find', { words: 'castle' })
    expect(found.split('\n')).toHaveLength(3)
    await client.close()
  })

  it('takes no token of another server (RS-TOK-02)', async () => {
    const { tokens } = await signInAndRedeem(story.server)
    expect(decodeJwt(String(tokens.body.access_token)).aud).toBe(RESOURCE)
    const headers = { authorization: `Bearer ${tokens.body.access_token}` }
    expect((await fetch(url, { method: 'POST', headers, body: '{}' })).status).toBe(401)
  })
})
