import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { processesOf } from '../dev/dev-process.ts'
import { makeSuiteFolder } from '../dev/open-folder.ts'
import { askedScopes } from '../e2e/asked-scopes.ts'
import { freePort } from '../e2e/free-port.ts'
import { type Stack, startStack } from '../e2e/stack.ts'
import { createBrowser } from '../setup/browser.ts'
import { approve, type Callback } from '../setup/flow.ts'
import { type Command, type Outcome, runInspector, spoilAccess, storedTokens } from './inspector.ts'

const CLIENT = 'inspector'
const FIRST = ['mcp:repositories:list', 'mcp:issue:read']
const WRITE = 'mcp:issue:create'

const sorted = (scope: string): readonly string[] => scope.split(' ').sort()

describe('the unmodified MCP Inspector 2.12 on the command line, with a pre-registered client', async () => {
  const folder = await makeSuiteFolder()
  let stack: Stack
  let callbackUrl: string
  /** Where its person was sent, and what they saw there. */
  const visits: Callback[] = []
  beforeAll(async () => {
    callbackUrl = `http://127.0.0.1:${await freePort()}/callback`
    const clients = [{ id: CLIENT, name: 'Inspector', redirectUris: ['http://127.0.0.1/callback'] }]
    stack = await startStack({ settings: { clients } })
  })
  afterAll(async () => {
    // Each names the server on its command line; a busy machine needs a moment to bury what has ended.
    await vi.waitFor(async () => expect(await processesOf(stack.demo.url)).toEqual([]), 30_000)
    await stack.close()
  })

  const browser = createBrowser()
  const person = async (url: string): Promise<void> => {
    const callback = await approve(stack.server, { url }, {}, browser)
    visits.push(callback)
    expect((await fetch(callback.url)).status).toBe(200)
  }
  const attended = (tool: Command['tool']): Promise<Outcome> => {
    const options = ['--client-id', CLIENT, '--callback-url', callbackUrl]
    return runInspector({ server: stack.demo.url, folder, tool, options, person })
  }
  const alone = (tool: Command['tool']): Promise<Outcome> =>
    runInspector({ server: stack.demo.url, folder, tool, options: ['--stored-auth-only'] })

  it('opens the sign-in, redeems the code, and its tool answers', async () => {
    const { exitCode, answer, stderr } = await attended(['whoami'])
    expect(exitCode, stderr).toBe(0)
    expect(JSON.parse(String(answer))).toMatchObject({ client_id: CLIENT, scopes: FIRST })
    expect(visits.map(askedScopes)).toEqual([[FIRST]])
    const { access_token: token } = await storedTokens(folder)
    expect(decodeJwt(token)).toMatchObject({ aud: stack.demo.url, client_id: CLIENT })
  })

  it('comes back as another process with what it stored, where nobody is', async () => {
    const before = await storedTokens(folder)
    const { exitCode, answer, stderr } = await alone(['issue_read', { number: 1 }])
    expect(exitCode, stderr).toBe(0)
    expect(JSON.parse(String(answer))).toMatchObject({ number: 1 })
    expect(await storedTokens(folder)).toEqual(before)
  })

  it('refreshes what it stored when the access token has ended, where nobody is (AS-RT-01)', async () => {
    const before = await storedTokens(folder)
    await spoilAccess(folder)
    const { exitCode, answer, stderr } = await alone(['issue_read', { number: 2 }])
    expect(exitCode, stderr).toBe(0)
    expect(JSON.parse(String(answer))).toMatchObject({ number: 2 })
    const after = await storedTokens(folder)
    expect(after.refresh_token).not.toBe(before.refresh_token)
    expect(sorted(after.scope)).toEqual(sorted(before.scope))
  })

  it('steps up by a page that shows the new scope alone, and keeps the rest (AS-SC-03)', async () => {
    const { exitCode, answer, stderr } = await attended(['issue_create', { title: 'By the Inspector' }])
    expect(exitCode, stderr).toBe(0)
    expect(JSON.parse(String(answer))).toMatchObject({ title: 'By the Inspector' })
    expect(visits.map(askedScopes)).toEqual([[FIRST], [[WRITE]]])
    expect(sorted((await storedTokens(folder)).scope)).toEqual([...FIRST, WRITE].sort())
  })
})
