import pg from 'pg'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { hashPassword } from '../../src/store/password.ts'
import { PASSWORD, startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { type Browser, createBrowser, fieldOf } from '../setup/browser.ts'
import { approve, authorization, redeem, refresh, register, walk } from '../setup/flow.ts'
import { query } from '../setup/state.ts'

let server: TestServer
let browser: Browser
let clientId: string
beforeEach(async () => {
  server = await startTestServer()
  browser = createBrowser()
  clientId = await register(server)
})
afterEach(() => server.close())

async function changePassword(): Promise<void> {
  const hash = await hashPassword('another long password')
  expect(await server.store.accounts.setPasswordHash('alice', hash)).toBe(true)
}

/** Holds the person's consents, so that an authorization stops in the middle of being written. */
async function holdConsents(): Promise<{ waiting(): Promise<void>; release(): Promise<void> }> {
  const holder = new pg.Client({ connectionString: server.databaseUrl })
  await holder.connect()
  await holder.query('BEGIN')
  await holder.query('SELECT id FROM consents FOR UPDATE')
  return {
    async waiting() {
      const blocked = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
      while ((await query(server, blocked)).length === 0) await pause(10)
    },
    async release() {
      await holder.query('COMMIT')
      await holder.end()
    },
  }
}

describe('after a password was changed, nothing comes of', () => {
  it('an authorization that was being written at that moment (I3, AS-RT-07)', async () => {
    await approve(server, authorization(server, clientId), {}, browser)
    const request = authorization(server, clientId)
    const held = await holdConsents()
    const answered = approve(server, request, {}, browser).catch(() => undefined)
    await held.waiting()
    const changed = changePassword()
    await pause(200)
    await held.release()
    await changed
    const callback = await answered
    const tokens = await redeem(server, request, callback?.code ?? '')
    expect(tokens).toMatchObject({ status: 400 })
  })

  it('a browser that was signed in with the old one', async () => {
    await approve(server, authorization(server, clientId), {}, browser)
    await changePassword()
    const { url } = await walk(server, browser, authorization(server, clientId).url)
    expect(url).toMatch(/\/sign-in$/)
  })

  it('a sign-in with the old one that was not carried on yet (I3)', async () => {
    const request = authorization(server, clientId)
    const { url, response } = await walk(server, browser, request.url)
    const form = { csrf: fieldOf(String(await response?.text()), 'csrf'), login: 'alice', password: PASSWORD }
    expect((await browser.post(url, form)).status).toBe(303)
    await changePassword()
    const carriedOn = await walk(server, browser, new URL(url.replace(/\/sign-in$/, '')).href)
    expect(carriedOn.response?.status).toBe(400)
    expect(carriedOn.response?.headers.get('content-type')).toMatch(/^text\/html/)
    expect(await query(server, 'SELECT uid FROM sessions WHERE account_id IS NOT NULL')).toEqual([])
  })
})

describe('after a sign-out', () => {
  it('what apps were allowed goes on', async () => {
    const request = authorization(server, clientId)
    const { code } = await approve(server, request, {}, browser)
    const tokens = await redeem(server, request, code)
    await query(server, 'DELETE FROM sessions')
    expect((await refresh(server, clientId, String(tokens.body.refresh_token))).status).toBe(200)
  })
})

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
