import { UnauthorizedError } from '@modelcontextprotocol/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { askedScopes } from '../../../server/test/e2e/asked-scopes.ts'
import { callTool, createSdk2Application, type Sdk2Application } from '../../../server/test/e2e/sdk2-application.ts'
import { type Browser, createBrowser } from '../../../server/test/setup/browser.ts'
import { approve, type Callback } from '../../../server/test/setup/flow.ts'
import { type OpenStory, openStory, STORY_TIMEOUT_MS } from './setup/open-story.ts'

let story: OpenStory
let application: Sdk2Application
let browser: Browser

const goToBrowser = (): Promise<Callback> =>
  approve(story.server, { url: application.memory.sentTo?.href ?? '' }, {}, browser)

beforeAll(async () => {
  story = await openStory('02-step-up')
  application = createSdk2Application(story.urls['server.ts'] ?? '')
  browser = createBrowser()
}, STORY_TIMEOUT_MS)
afterAll(() => story.close())

describe('the story of a step-up', () => {
  it('asks for looking alone at first', async () => {
    await expect(application.connect()).rejects.toBeInstanceOf(UnauthorizedError)
    const callback = await goToBrowser()
    expect(askedScopes(callback)).toEqual([['books:read']])
    await application.comeBack(callback.params)
    const client = await application.connect()
    expect(await callTool(client, 'book_find', { words: 'blue' })).toBe('The Blue Castle')
    await client.close()
  })

  it('asks for ordering, and for nothing else, when something is ordered (RS-403-02)', async () => {
    const client = await application.connect()
    const order = (): Promise<string> => callTool(client, 'order_create', { title: 'The Blue Castle' })
    await expect(order()).rejects.toBeInstanceOf(UnauthorizedError)
    const callback = await goToBrowser()
    expect(askedScopes(callback)).toEqual([['orders:create']])
    await application.comeBack(callback.params)
    expect(await order()).toMatch(/^Ordered "The Blue Castle" for \S+$/)
    expect(await callTool(client, 'book_find', { words: 'blue' })).toBe('The Blue Castle')
    await client.close()
  })
})
