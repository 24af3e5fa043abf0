import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from './database.ts'
import { createRefusals } from './refusals.ts'
import { query } from './state.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

const ID = 'req_planted'

/** Sends one request to a server that answers so, and judges it by what the operator was told. */
async function judge(
  answer: RequestListener,
  logged: Parameters<ReturnType<typeof createRefusals>['judge']>[0] = [line('warn')],
): Promise<string> {
  const refusals = createRefusals(database.url)
  const server = createServer(refusals.watch(answer))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const answered = await fetch(`http://127.0.0.1:${port}/token`, { method: 'POST', redirect: 'manual' })
  await answered.text()
  server.close()
  await refusals.close()
  try {
    refusals.judge(logged)
    return 'nothing'
  } catch (error) {
    return String(error)
  }
}

const line = (level: string, id = ID) => ({ level, detail: { correlationId: id } })

function refusing(
  change: () => Promise<unknown> = async () => undefined,
  status = 400,
  headers: Record<string, string> = {},
): RequestListener {
  return async (_req, res) => {
    await change()
    for (const [name, value] of Object.entries({ 'X-Correlation-Id': ID, ...headers })) res.setHeader(name, value)
    res.writeHead(status).end('{}')
  }
}

const change = (text: string) => query({ databaseUrl: database.url }, text)
const addLimit = () => change(`INSERT INTO limits VALUES (sha256('planted'), now(), 1)`)
const addAccount = () =>
  change(`INSERT INTO accounts (id, login, name, created_at) SELECT id, id, 'Planted', now() FROM gen_random_uuid() id`)

describe('a refusal', () => {
  it('is found out when the log does not tell of it, or only whom it tells everything', async () => {
    const untold = 'Error: Refusals that the log does not tell: 400 to POST /token.'
    expect(await judge(refusing(), [])).toBe(untold)
    expect(await judge(refusing(), [line('debug')])).toBe(untold)
    expect(await judge(refusing(), [line('warn', 'req_other')])).toBe(untold)
    expect(await judge(refusing())).toBe('nothing')
  })

  it('is one that goes to a client, too, and an answer that it likes is none', async () => {
    const to = (Location: string) => refusing(undefined, 303, { Location })
    expect(await judge(to('https://app.example/cb?error=access_denied'), [])).toContain('303 to POST /token')
    expect(await judge(to('https://app.example/cb?error=0&code=x'), [])).toBe('nothing')
    expect(await judge(refusing(undefined, 200), [])).toBe('nothing')
  })

  it('of an attack is found out when it changed a table (as x-A01 is)', async () => {
    expect(await judge(refusing(addAccount))).toBe('Error: Refusals that changed a table: 400 to POST /token accounts.')
    expect(await judge(refusing())).toBe('nothing')
  })

  it('of an attack may be counted (as x-A01 is)', async () => {
    expect(await judge(refusing(addLimit))).toBe('nothing')
  })

  it('of no attack may change what it likes', async () => {
    expect(await judge(refusing(addAccount))).toBe('nothing')
  })
})
