import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import Koa from 'koa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { shedOverload } from '../../src/http/limits/under-way.ts'
import { openDatabase, WAITING_FOR_EACH_CONNECTION } from '../../src/store/database.ts'
import { createNarrowGate } from '../../src/store/narrow-gate.ts'
import { OverloadError } from '../../src/store/overload.ts'
import { HASHES_AT_ONCE, HASHES_WAITING_MAX, verifyPassword } from '../../src/store/password.ts'
import { runUnit } from '../../src/store/unit-of-work.ts'
import { createPerson } from '../people/person.ts'
import { PASSWORD, startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { fieldOf } from '../setup/browser.ts'
import { authorization, refresh, register, signInAndRedeem } from '../setup/flow.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer({ settings: { trustedProxies: ['127.0.0.0/8'] } })
})
afterAll(() => server.close())

/** Costs next to nothing, so that the queue and not the machine is what these tests are about. */
const CHEAP = `$argon2id$v=19$m=8,t=1,p=1$${'A'.repeat(22)}$${'A'.repeat(43)}`

const OVERLOADED = {
  error: 'temporarily_unavailable',
  error_description: expect.any(String),
  error_code: 'SALLYPORT_E_OVERLOADED',
  correlation_id: 'req_test',
}

/** A piece of work that ends when it is told to. */
function createWork() {
  const { promise, resolve } = Promise.withResolvers<string>()
  return { run: () => promise, end: () => resolve('done') }
}

describe('a narrow gate', () => {
  it('lets so many in, so many wait in their order, and refuses the rest at once', async () => {
    const pass = createNarrowGate({ atOnce: 2, waiting: 3, refuse: () => new OverloadError('passwords') })
    const begun: number[] = []
    const works = Array.from({ length: 5 }, createWork)
    const running = works.map((work, at) =>
      pass(() => {
        begun.push(at)
        return work.run()
      }),
    )
    await expect(pass(async () => 'never')).rejects.toBeInstanceOf(OverloadError)
    expect(begun).toEqual([0, 1])
    for (const work of works) work.end()
    expect(await Promise.all(running)).toEqual(Array.from({ length: 5 }, () => 'done'))
    expect(begun).toEqual([0, 1, 2, 3, 4])
  })

  it('is passed on by work that fails', async () => {
    const pass = createNarrowGate({ atOnce: 1, waiting: 1, refuse: () => new OverloadError('passwords') })
    const failing = pass(() => Promise.reject(new Error('failed')))
    const next = pass(async () => 'next')
    await expect(failing).rejects.toThrow('failed')
    expect(await next).toBe('next')
    expect(await pass(async () => 'free')).toBe('free')
  })
})

describe('passwords', () => {
  it('are hashed a few at a time; who comes when many wait is refused before a hash is made', async () => {
    const all = HASHES_AT_ONCE + HASHES_WAITING_MAX
    const outcomes = await Promise.allSettled(Array.from({ length: all + 20 }, () => verifyPassword(PASSWORD, CHEAP)))
    const refused = outcomes.filter(({ status }) => status === 'rejected')
    expect(refused).toHaveLength(20)
    expect(refused.every((each) => 'reason' in each && each.reason instanceof OverloadError)).toBe(true)
  })

  it('that cannot be looked at are answered 503 on a page, count as no try, and leave the other endpoints alone', async () => {
    const { clientId, tokens } = await signInAndRedeem(server)
    const person = createPerson(server)
    const page = await person.open(authorization(server, await register(server)).url)
    const form = { csrf: fieldOf(page.html, 'csrf'), login: 'alice', password: PASSWORD }
    // The queue is as full as it may be, and stays so.
    const all = HASHES_AT_ONCE + HASHES_WAITING_MAX
    let stop = false
    const load = Promise.all(
      Array.from({ length: all }, async () => {
        while (!stop) await verifyPassword('wrong', CHEAP).catch(() => undefined)
      }),
    )
    const answers = await Promise.all(Array.from({ length: 10 }, () => person.browser.post(page.url, form)))
    const refreshed = await refresh(server, clientId, String(tokens.body.refresh_token))
    stop = true
    await load
    const shed = answers.filter(({ status }) => status === 503)
    expect(shed.length).toBeGreaterThan(0)
    for (const answer of shed) {
      expect(answer.headers.get('retry-after')).toBe('2')
      expect(await answer.text()).toContain('SALLYPORT_E_OVERLOADED')
    }
    expect(refreshed.status).toBe(200)
    for (let time = 0; time < 5; time += 1)
      expect((await person.browser.post(page.url, { ...form, password: 'wrong' })).status).toBe(401)
  })
})

describe('requests', () => {
  it('are answered 503 with Retry-After at once while too many are under way, and served again afterwards', async () => {
    const told: unknown[] = []
    const work = createWork()
    const app = new Koa()
    app.use((_ctx, next) => runUnit({ correlationId: 'req_test', cookies: { get: () => undefined, set() {} } }, next))
    app.use(shedOverload({ report: (...said) => told.push(said), now: () => 0, most: 3 }))
    app.use(async (ctx) => {
      ctx.body = await work.run()
    })
    const http = createServer(app.callback())
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
    const ask = () => fetch(`http://127.0.0.1:${(http.address() as AddressInfo).port}`)
    const shed: Response[] = []
    const answers = Array.from({ length: 8 }, async () => {
      const answer = await ask()
      if (answer.status === 503) shed.push(answer)
      return answer.status
    })
    await expect.poll(() => shed.length).toBe(5)
    expect(shed[0]?.headers.get('retry-after')).toBe('2')
    expect(await shed[0]?.json()).toEqual(OVERLOADED)
    work.end()
    expect((await Promise.all(answers)).filter((status) => status === 200)).toHaveLength(3)
    expect((await ask()).status).toBe(200)
    expect(told).toHaveLength(1)
    http.closeAllConnections()
    await new Promise((resolve) => http.close(resolve))
  })
})

describe('statements', () => {
  it('wait for a connection in a queue that has an end', async () => {
    const database = openDatabase({ databaseUrl: server.databaseUrl, poolSize: 2 })
    const pause = { name: 'test pause', text: 'SELECT pg_sleep(0.02)' }
    const waiting = 2 * WAITING_FOR_EACH_CONNECTION
    const outcomes = await Promise.allSettled(Array.from({ length: 2 + waiting + 15 }, () => database.read(pause, [])))
    const refused = outcomes.filter((each) => each.status === 'rejected')
    expect(refused).toHaveLength(15)
    expect(refused.every(({ reason }) => reason instanceof OverloadError)).toBe(true)
    expect(await database.read(pause, [])).toHaveLength(1)
    await database.close()
  })
})
