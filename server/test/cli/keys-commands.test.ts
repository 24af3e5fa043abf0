import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { secret } from '../../src/config/secret.ts'
import { rewrap } from '../../src/keys/rewrap.ts'
import { createSealer } from '../../src/keys/sealing.ts'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { type Browser, createBrowser } from '../setup/browser.ts'
import { approve, authorization, redeem, register, walk } from '../setup/flow.ts'
import { query } from '../setup/state.ts'
import { run } from './fake-terminal.ts'

const newKey = () => randomBytes(32).toString('base64')
const POLL = { timeout: 15_000, interval: 100 }
const OLD = newKey()
const NEW = newKey()

let server: TestServer
beforeAll(async () => {
  server = await startTestServer({ settings: { encryptionKeys: [secret(OLD)] } })
})
afterAll(() => server.close())

const keys = (args: readonly string[], encryptionKeys = [NEW, OLD], stdoutIsTerminal = false) =>
  run(['keys', ...args], {
    env: { DATABASE_URL: server.databaseUrl, SALLYPORT_ENCRYPTION_KEYS: encryptionKeys.join(',') },
    stdoutIsTerminal,
  })
const list = async (encryptionKeys?: string[]) => JSON.parse((await keys(['list', '--json'], encryptionKeys)).stdout)

/** An interaction whose state is too large for a cookie, as the person's browser holds it. */
async function beginLargeInteraction() {
  const request = authorization(server, await register(server), { state: randomBytes(3_000).toString('base64url') })
  const browser = createBrowser()
  await walk(server, browser, request.url)
  return { request, browser }
}

describe('sallyport keys', () => {
  it('list shows which key signs, and under which encryption key everything lies', async () => {
    const { signingKeys, encryptionKeys } = await list()
    const [old, fresh] = [createSealer([secret(OLD)]).keyId, createSealer([secret(NEW)]).keyId]
    expect(signingKeys).toEqual([
      {
        ...{ kid: expect.any(String), generation: 1, algorithm: 'ES256', state: 'signs', endsAt: null },
        ...{ createdAt: expect.any(String), signsFrom: expect.any(String), encryptionKey: old, opens: true },
      },
    ])
    expect(encryptionKeys).toEqual([
      { id: fresh, position: 1, signingKeys: 0, interactions: 0, sealed: 0 },
      { id: old, position: 2, signingKeys: 1, interactions: 0, sealed: 1 },
    ])
    const shown = await keys(['list'], [NEW], true)
    expect(shown.stdout).toMatch(/^SIGNING KEY +ALGORITHM/)
    expect(shown.stdout).toContain(`${old} (does not open)`)
    for (const key of [OLD, NEW]) expect(shown.stdout + shown.stderr).not.toContain(key)
  })

  it.each([
    { args: ['rotate', '--sign-after', 'soon'], code: 2, says: 'flag --sign-after: must be a whole number' },
    { args: ['rotate', '--sign-after', '5', '--compromised'], code: 2, says: 'exclude each other' },
    { args: ['rotate'], encryptionKeys: [newKey()], code: 1, says: 'does not open' },
    { args: ['rewrap'], encryptionKeys: [newKey()], code: 1, says: 'do not open' },
    { args: ['list'], encryptionKeys: [], code: 2, says: 'SALLYPORT_ENCRYPTION_KEYS is not set' },
  ])('$args ends with $code and says what to change', async ({ args, encryptionKeys, code, says }) => {
    expect(await keys(args, encryptionKeys)).toMatchObject({ code, stderr: expect.stringContaining(says) })
    expect((await list()).signingKeys).toHaveLength(1)
  })

  it('rotate makes a key that signs later, and refuses a second one meanwhile', async () => {
    const made = await keys(['rotate'], [OLD])
    expect(made).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\S+ signs from .+\n\S+ is published until .+\n$/),
    })
    expect((await list()).signingKeys.map(({ state }: { state: string }) => state)).toEqual(['signs', 'to come'])
    expect(await keys(['rotate'], [OLD])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('a rotation is under way'),
    })
  })

  it('rewrap that is interrupted is repeated, and then the old key can go: nothing is lost', async () => {
    const kids = (await list()).signingKeys.map(({ kid }: { kid: string }) => kid)
    const { request, browser } = await beginLargeInteraction()
    expect(await query(server, 'SELECT 1 FROM interactions')).toHaveLength(1)
    const { sealedTables } = server.store
    const sealer = createSealer([secret(NEW), secret(OLD)])
    let replaced = 0
    const failing: typeof sealedTables = {
      ...sealedTables,
      async replace(row, sealed) {
        if (replaced === 1) throw new Error('the connection is gone')
        replaced += 1
        return sealedTables.replace(row, sealed)
      },
    }
    await expect(rewrap(failing, sealer, () => undefined)).rejects.toThrow('gone')
    const again = await keys(['rewrap', '--json'])
    expect({ ...again, stdout: JSON.parse(again.stdout) }).toMatchObject({
      code: 0,
      stdout: { rewrapped: 2, current: 1, changed: 0, closed: [], olderKeysNeededSeconds: expect.any(Number) },
    })
    expect((await list()).encryptionKeys).toMatchObject([{ sealed: 3 }, { sealed: 0 }])
    expect(JSON.parse((await keys(['rewrap', '--json'])).stdout)).toMatchObject({ rewrapped: 0, current: 3 })
    const after = await startTestServer({ sharing: server, settings: { mode: 'serve', encryptionKeys: [secret(NEW)] } })
    const { keys: published } = await (await fetch(`${after.origin}/.well-known/jwks.json`)).json()
    expect(published.map(({ kid }: { kid: string }) => kid).sort()).toEqual(kids.sort())
    // The one that was not given the new key has none left that it may sign with, and says so.
    await expect.poll(async () => (await fetch(`${server.origin}/.well-known/jwks.json`)).status, POLL).toBe(503)
    const moved = { ...request, url: request.url.replace(server.origin, after.origin) }
    const { code } = await approve(
      { ...after, issuer: after.origin },
      await reopened(after, moved, browser),
      {},
      browser,
    )
    expect((await redeem(after, request, code)).status).toBe(200)
    await after.close()
  })
})

/** The page at which the person waits, as the other server has it. */
async function reopened(after: TestServer, request: { url: string }, browser: ReturnType<typeof createBrowser>) {
  const [cookie] = [...browser.cookies.values()].filter(({ name }) => name.endsWith('_state'))
  if (cookie === undefined) throw new Error(`no interaction was begun at ${request.url}`)
  return { url: `${after.origin}${cookie.path}/sign-in` }
}

describe('cookie keys', () => {
  it('rotate: what an older one signed still counts and is signed anew, what no key of the list signed does not', async () => {
    const [older, newer] = [secret(newKey()), secret(newKey())]
    const start = (...cookieKeys: (typeof older)[]) =>
      startTestServer({ sharing: server, settings: { mode: 'serve', encryptionKeys: [secret(NEW)], cookieKeys } })
    const [before, rotated, without] = [await start(older), await start(newer, older), await start(newer)]
    const request = authorization(server, await register({ ...before, issuer: before.origin }))
    const isSignedIn = async (browser: Browser, each: TestServer) =>
      (await (await browser.get(`${each.origin}/logout`)).text()).includes('signed in as')
    const [moved, stranded] = [createBrowser(), createBrowser()]
    for (const browser of [moved, stranded]) {
      await approve(before, { url: request.url.replace(server.origin, before.origin) }, {}, browser)
    }
    expect(await isSignedIn(stranded, without)).toBe(false)
    expect(await isSignedIn(moved, rotated)).toBe(true)
    expect(await isSignedIn(moved, without)).toBe(true)
    await Promise.all([before, rotated, without].map((each) => each.close()))
  })
})
