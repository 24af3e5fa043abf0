import { createHash } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type * as password from '../../src/store/password.ts'
import { PASSWORD, startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { createBrowser, fieldOf } from '../setup/browser.ts'
import { authorization, register } from '../setup/flow.ts'
import { fillUp, forgetLimits, limitKeyOf, passLimits } from '../setup/limits.ts'
import { query } from '../setup/state.ts'
import { createPerson, type Person, type Place } from './person.ts'

const judged = vi.hoisted(() => ({ count: 0 }))
vi.mock('../../src/store/password.ts', async (original) => ({
  ...(await original<typeof password>()),
  // As the real one, in no time: how many are judged is what these tests are about.
  verifyPassword: async (typed: string, hash: string | undefined) => {
    judged.count += 1
    return hash !== undefined && typed === PASSWORD
  },
}))

let server: TestServer
let person: Person
let page: Place
beforeAll(async () => {
  server = await startTestServer({ settings: { trustedProxies: ['127.0.0.0/8'] } })
  person = createPerson(server)
  page = await person.open(authorization(server, await register(server)).url)
})
afterAll(() => server.close())
beforeEach(async () => {
  await forgetLimits(server)
  judged.count = 0
  server.logged.length = 0
})

const HOME = '203.0.113.7'
const ELSEWHERE = '198.51.100.9'
const QUARTER_HOUR = 900

interface Answer {
  readonly status: number
  readonly retryAfter: number
  readonly html: string
}

async function attempt(login: string, typed: string, source = HOME): Promise<Answer> {
  const form = { csrf: fieldOf(page.html, 'csrf'), login, password: typed }
  const answer = await person.browser.post(page.url, form, { 'X-Forwarded-For': source })
  const { status, headers } = answer
  return { status, retryAfter: Number(headers.get('retry-after')), html: await answer.text() }
}

async function fail(times: number, login = 'alice', source = HOME): Promise<number[]> {
  const statuses: number[] = []
  for (let time = 0; time < times; time += 1) statuses.push((await attempt(login, 'wrong', source)).status)
  return statuses
}

/** Uses up what a source may try at a login, for minutes. */
async function useUp(login = 'alice', source = HOME): Promise<void> {
  await fail(5, login, source)
  await passLimits(server, -120)
}

describe('wrong passwords', () => {
  it('are five at once, and then 429 with the time to wait, whatever is typed and unseen by the hash (A35, AS-OPS-03)', async () => {
    expect(await fail(5)).toEqual([401, 401, 401, 401, 401])
    await passLimits(server, -120)
    expect(judged.count).toBe(5)
    for (const typed of ['wrong', PASSWORD]) {
      const answer = await attempt('alice', typed)
      expect(answer.status).toBe(429)
      expect(answer.retryAfter).toBeGreaterThan(100)
      expect(answer.html).toMatch(/role="alert"[^>]*>[^<]*There were too many tries. Wait \d minutes, then try again\./)
      expect(answer.html).not.toContain(typed)
    }
    expect(judged.count).toBe(5)
  })

  it('are counted alike at a login that nobody has, with the same page (A35)', async () => {
    const pages = []
    for (const login of ['alice', 'nobody']) {
      await forgetLimits(server)
      const refused = await attempt(login, 'wrong')
      await useUp(login)
      const limited = await attempt(login, PASSWORD)
      pages.push([refused, limited].map(({ status, html }) => ({ status, html: comparable(html) })))
    }
    expect(pages[1]).toEqual(pages[0])
    expect(pages[0]?.map(({ status }) => status)).toEqual([401, 429])
  })

  it('are one login however it is spelled', async () => {
    await useUp('alice')
    expect((await attempt('  ALICE ', 'wrong')).status).toBe(429)
  })

  it('may be tried again when time has passed, one by one', async () => {
    await useUp()
    await passLimits(server, 130)
    expect(await fail(1)).toEqual([401])
    await passLimits(server, 3_600)
    expect((await attempt('alice', PASSWORD)).status).toBe(303)
  })

  it('of somebody who goes on come a quarter of an hour apart in the end', async () => {
    await fillUp(server, ['sign-in in the end', 'alice', HOME], 20 * QUARTER_HOUR)
    const { status, retryAfter } = await attempt('alice', PASSWORD)
    expect(status).toBe(429)
    expect(retryAfter).toBeGreaterThan(QUARTER_HOUR - 60)
    expect(retryAfter).toBeLessThanOrEqual(QUARTER_HOUR)
  })

  it('are told to the operator with a code of their own', async () => {
    await useUp()
    await attempt('alice', PASSWORD)
    const refused = server.logged.filter(({ message }) => message === 'sign-in refused').at(-1)
    expect(refused?.detail).toMatchObject({ code: 'SALLYPORT_E_SIGN_IN_LIMIT', address: HOME })
  })

  it('leave neither address nor login in the database, nor a digest that could be guessed back (A35)', async () => {
    await fail(1)
    const rows = await query(server, 'SELECT * FROM limits')
    expect(rows).toHaveLength(4)
    const text = JSON.stringify(
      rows.map((row) => ({ ...row, key_hash: Buffer.from(row.key_hash as Buffer).toString('hex') })),
    )
    for (const plain of ['alice', HOME]) {
      expect(text).not.toContain(plain)
      expect(text).not.toContain(createHash('sha256').update(plain).digest('hex'))
    }
  })
})

describe('right passwords', () => {
  it('do not count, however many there are (T-27)', async () => {
    for (let time = 0; time < 30; time += 1) expect((await attempt('alice', PASSWORD)).status).toBe(303)
    expect(await fail(5)).toEqual([401, 401, 401, 401, 401])
  })

  it("do not stand in each other's way when they come together", async () => {
    const answers = await Promise.all(Array.from({ length: 15 }, () => attempt('alice', PASSWORD)))
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 15 }, () => 303))
  })

  it('forgive what was mistyped before, at this source alone', async () => {
    await fail(4)
    await fail(5, 'alice', ELSEWHERE)
    expect((await attempt('alice', PASSWORD)).status).toBe(303)
    expect(await fail(5)).toEqual([401, 401, 401, 401, 401])
    await passLimits(server, -120)
    expect((await attempt('alice', PASSWORD, ELSEWHERE)).status).toBe(429)
  })

  it('forgive nothing of what the source tried at other logins', async () => {
    await fail(3, 'nobody')
    const before = await ofSource()
    expect(before).toHaveLength(1)
    expect((await attempt('alice', PASSWORD)).status).toBe(303)
    expect(await ofSource()).toEqual(before)
  })
})

describe('the owner', () => {
  it('signs in from a place that behaved while somebody else is refused at the same login (A35)', async () => {
    await useUp('alice', ELSEWHERE)
    expect((await attempt('alice', PASSWORD, ELSEWHERE)).status).toBe(429)
    expect((await attempt('alice', PASSWORD)).status).toBe(303)
  })

  it('signs in even while the login is guessed at from everywhere, and who failed once there waits long (A35)', async () => {
    await fillUp(server, ['sign-in login', 'alice'], 3_600)
    expect(await fail(2, 'alice', ELSEWHERE)).toEqual([401, 429])
    const { retryAfter } = await attempt('alice', PASSWORD, ELSEWHERE)
    expect(retryAfter).toBeGreaterThan(QUARTER_HOUR - 60)
    expect((await attempt('alice', PASSWORD)).status).toBe(303)
    // Other people are none of it.
    expect(await fail(2, 'nobody', ELSEWHERE)).toEqual([401, 401])
  })

  it('has one try from each source then, even when many are sent at once', async () => {
    await fillUp(server, ['sign-in login', 'alice'], 3_600)
    const answers = await Promise.all(Array.from({ length: 10 }, () => attempt('alice', 'wrong', ELSEWHERE)))
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(1)
    expect(judged.count).toBe(1)
  })
})

describe('a source', () => {
  it('that tries one password everywhere has a hundred tries, which no login gives back (A35)', async () => {
    await fail(1, 'first')
    const [once] = await ofSource()
    await fail(1, 'second')
    const [twice] = await ofSource()
    expect(Number(twice?.clear_at) - Number(once?.clear_at)).toBeGreaterThanOrEqual(10_000)
    await fillUp(server, ['sign-in source', HOME], 1_100)
    for (const login of ['alice', 'third', 'nobody']) expect((await attempt(login, PASSWORD)).status).toBe(429)
    expect((await attempt('alice', PASSWORD, ELSEWHERE)).status).toBe(303)
  })

  it('takes nothing of what is left at a login when it has no tries itself', async () => {
    await fillUp(server, ['sign-in source', HOME], 1_100)
    await fail(10)
    expect(await query(server, 'SELECT 1 FROM limits')).toHaveLength(1)
  })

  it('is the network of an IPv6 address: nobody has another one for each try (A35)', async () => {
    for (let time = 1; time <= 5; time += 1) await attempt('alice', 'wrong', `2001:db8:1:2::${time}`)
    await passLimits(server, -120)
    expect((await attempt('alice', PASSWORD, '2001:db8:1:2:ffff::1')).status).toBe(429)
    expect((await attempt('alice', PASSWORD, '2001:db8:1:3::1')).status).toBe(303)
  })
})

describe('the account page', () => {
  it('counts the tries of its sign-in form and of its password form with all the others (A35)', async () => {
    const account = createPerson(server, createBrowser())
    const from = { 'X-Forwarded-For': HOME }
    const signIn = await account.open(`${server.issuer}/account/sign-in`)
    const post = (place: Place, fields: Record<string, string>) =>
      account.browser.post(place.url, { csrf: fieldOf(place.html, 'csrf'), ...fields }, from)
    await useUp()
    expect((await post(signIn, { login: 'alice', password: PASSWORD })).status).toBe(429)
    await forgetLimits(server)
    expect((await post(signIn, { login: 'alice', password: PASSWORD })).status).toBe(303)
    const shown = await account.open(`${server.issuer}/account`)
    const change = { change: 'password', password: 'wrong', new_password: 'a new and better password' }
    expect((await post(shown, change)).status).toBe(400)
    await useUp()
    const limited = await post(shown, { ...change, password: PASSWORD })
    expect(limited.status).toBe(429)
    expect(limited.headers.get('retry-after')).toMatch(/^[1-9]\d*$/)
    expect(await limited.text()).toContain('There were too many tries.')
    expect((await attempt('alice', PASSWORD, ELSEWHERE)).status).toBe(303)
  })
})

/** The counter of the source over all logins. */
function ofSource() {
  return query(server, 'SELECT clear_at FROM limits WHERE key_hash = $1', [
    limitKeyOf(server, ['sign-in source', HOME]),
  ])
}

/** What differs between two answers for reasons of the request, not of the login. */
function comparable(html: string): string {
  return html.replaceAll(/req_[\w-]+|value="[^"]*"/g, '…')
}
