import { UnauthorizedError } from '@modelcontextprotocol/client'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { askedScopes } from '../../../server/test/e2e/asked-scopes.ts'
import { callTool, createSdk2Application, type Sdk2Application } from '../../../server/test/e2e/sdk2-application.ts'
import { approve, authorization } from '../../../server/test/setup/flow.ts'
import { type OpenStory, openStory, STORY_TIMEOUT_MS } from './setup/open-story.ts'

/** A client of the story's server, through sign-in and consent. */
async function signIn(story: OpenStory): Promise<Sdk2Application> {
  const application = createSdk2Application(story.urls['server.ts'] ?? '')
  await expect(application.connect()).rejects.toBeInstanceOf(UnauthorizedError)
  const callback = await approve(story.server, { url: application.memory.sentTo?.href ?? '' })
  expect(askedScopes(callback)).toEqual([['books:read', 'stock:read']])
  await application.comeBack(callback.params)
  return application
}

async function readStock(application: Sdk2Application): Promise<string> {
  const client = await application.connect()
  return callTool(client, 'stock_read', { title: 'The Blue Castle' }).finally(() => client.close())
}

describe('the story of an exchange', () => {
  let story: OpenStory
  let application: Sdk2Application
  beforeAll(async () => {
    story = await openStory('03-exchange')
    application = await signIn(story)
  }, STORY_TIMEOUT_MS)
  afterAll(() => story.close())

  it('reaches the warehouse for the person, in the name of the bookshop, with a token for the warehouse (RS-DS-02, AS-TX-07)', async () => {
    expect(JSON.parse(await readStock(application))).toEqual({
      title: 'The Blue Castle',
      copies: 12,
      subject: decodeJwt(application.memory.tokens?.access_token ?? '').sub,
      actor: { sub: 'resource-bookshop-stock' },
      audience: story.urls['warehouse.ts'],
    })
  })

  it('has a warehouse that refuses the token of the MCP client (RS-DS-01, RS-TOK-02)', async () => {
    const headers = { authorization: `Bearer ${application.memory.tokens?.access_token}` }
    expect((await fetch(`${story.urls['warehouse.ts']}/stock`, { headers })).status).toBe(401)
  })

  it('has a warehouse that nobody can ask for in a browser', async () => {
    const clientId = String(application.memory.client?.client_id)
    const request = authorization(story.server, clientId, { resource: story.urls['warehouse.ts'], scope: 'stock:read' })
    const answer = await fetch(request.url, { redirect: 'manual' })
    expect(answer.status).toBe(400)
    expect(await answer.text()).toContain('<code>invalid_target</code>')
  })
})

describe('the story of an exchange without its client', () => {
  let story: OpenStory
  beforeAll(async () => {
    story = await openStory('03-exchange', ['SALLYPORT_CLIENT_ID', 'SALLYPORT_CLIENT_KEY_FILE'])
  }, STORY_TIMEOUT_MS)
  afterAll(() => story.close())

  it('says what is missing, and does everything else', async () => {
    const application = await signIn(story)
    await expect(readStock(application)).rejects.toThrow('SALLYPORT_CLIENT_ID')
    const client = await application.connect()
    expect(await callTool(client, 'book_find', { words: 'blue' })).toBe('The Blue Castle')
    await client.close()
  })
})
