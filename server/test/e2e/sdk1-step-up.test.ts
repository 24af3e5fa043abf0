import { UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Browser, createBrowser } from '../setup/browser.ts'
import { approve, type Callback } from '../setup/flow.ts'
import { askedScopes } from './asked-scopes.ts'
import { callTool, createSdk1Application, type Sdk1Application } from './sdk1-application.ts'
import { type Stack, startStack } from './stack.ts'

const FIRST = ['mcp:repositories:list', 'mcp:issue:read']
const WRITE = 'mcp:issue:create'

describe('a step-up of the unmodified MCP SDK 1.32 client, which knows the scope of the last challenge alone', () => {
  let stack: Stack
  let browser: Browser
  beforeAll(async () => {
    stack = await startStack()
  })
  afterAll(() => stack.close())
  beforeEach(() => {
    browser = createBrowser()
  })

  const walk = ({ memory }: Sdk1Application): Promise<Callback> =>
    approve(stack.server, { url: memory.sentTo?.href ?? '' }, {}, browser)

  const signIn = async (metadata: Record<string, unknown>): Promise<Sdk1Application> => {
    const application = createSdk1Application(stack.demo.url, metadata)
    await expect(application.connect()).rejects.toBeInstanceOf(UnauthorizedError)
    await application.comeBack((await walk(application)).params)
    return application
  }
  const scopesOf = ({ memory }: Sdk1Application): readonly string[] => (memory.tokens?.scope ?? '').split(' ').sort()

  it('asks for the new scope, shows it alone, and keeps the scopes of reading that it did not name (RS-403-03, AS-SC-01)', async () => {
    // Without a refresh token it goes back to its person; its registration named the first scopes only.
    const application = await signIn({ grant_types: ['authorization_code'] })
    expect(application.registrations[0]?.scope).toBe(FIRST.join(' '))
    const client = await application.connect()
    await expect(callTool(client, 'issue_create', { title: 'By SDK 1' })).rejects.toBeInstanceOf(UnauthorizedError)
    expect(application.memory.sentTo?.searchParams.get('scope')).toBe(WRITE)

    const callback = await walk(application)
    expect(askedScopes(callback)).toEqual([[WRITE]])
    await application.comeBack(callback.params)
    expect(scopesOf(application)).toEqual([...FIRST, WRITE].sort())
    expect(JSON.parse(await callTool(client, 'issue_create', { title: 'By SDK 1' })).title).toBe('By SDK 1')
    expect(await callTool(client, 'issue_read', { number: 1 })).not.toBe('')
    await client.close()
  })

  it('with a refresh token refreshes instead: the call fails, nothing is widened, and reading goes on', async () => {
    const application = await signIn({})
    const client = await application.connect()
    application.memory.sentTo = undefined
    await expect(callTool(client, 'issue_create', { title: 'x' })).rejects.toThrow('403 after trying upscoping')
    expect(application.memory.sentTo).toBeUndefined()
    expect(scopesOf(application)).toEqual([...FIRST].sort())
    expect(await callTool(client, 'issue_read', { number: 1 })).not.toBe('')
    await client.close()
  })

  it('with a refresh token gets the write once the application forgets its tokens and asks for the union', async () => {
    const application = await signIn({})
    const client = await application.connect()
    application.memory.tokens = undefined
    await expect(client.listTools()).rejects.toBeInstanceOf(UnauthorizedError)
    const url = new URL(application.memory.sentTo?.href ?? '')
    url.searchParams.set('scope', [...FIRST, WRITE].join(' '))
    application.memory.sentTo = url
    const callback = await walk(application)
    expect(askedScopes(callback)).toEqual([[WRITE]])
    await application.comeBack(callback.params)
    expect(await callTool(client, 'issue_create', { title: 'After all' })).not.toBe('')
    await client.close()
  })
})
