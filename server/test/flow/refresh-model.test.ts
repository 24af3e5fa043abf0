import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { createBrowser } from '../setup/browser.ts'
import {
  type Authorization,
  approve,
  authorization,
  redeem,
  refresh,
  register,
  type TokenAnswer,
} from '../setup/flow.ts'
import { passTime, query } from '../setup/state.ts'

const SEQUENCES = 25
const STEPS_MAX = 18
const GRACE_SECONDS = 60
const CODE_SECONDS = 60

let server: TestServer
let clientId: string
let stranger: string
const browser = createBrowser()
beforeAll(async () => {
  server = await startTestServer()
  clientId = await register(server)
  stranger = await register(server)
})
afterAll(() => server.close())

/** What a family of one code should be, told in a few lines. */
interface Model {
  alive: boolean
  seconds: number
  codeUsed: boolean
  /** When each token was first used; the token after it in the list is its successor. */
  readonly usedAt: (number | undefined)[]
}

/** The same family on the server. */
interface Real {
  readonly request: Authorization
  readonly code: string
  readonly tokens: string[]
}

type Step = fc.AsyncCommand<Model, Real>

class Redeem implements Step {
  check = () => true
  toString = () => 'redeem'
  async run(model: Model, real: Real): Promise<void> {
    const answer = await redeem(server, real.request, real.code)
    const works = model.alive && !model.codeUsed && model.seconds < CODE_SECONDS
    expectAnswer(answer, works)
    if (works) {
      model.codeUsed = true
      model.usedAt.push(undefined)
      real.tokens.push(String(answer.body.refresh_token))
    } else if (model.codeUsed) model.alive = false
  }
}

class Refresh implements Step {
  readonly #back: number
  constructor(back: number) {
    this.#back = back
  }
  check = (model: Readonly<Model>) => model.usedAt.length > this.#back
  toString = () => `refresh(${this.#back} back)`
  async run(model: Model, real: Real): Promise<void> {
    const index = model.usedAt.length - 1 - this.#back
    const answer = await refresh(server, clientId, real.tokens[index] ?? '')
    const usedAt = model.usedAt[index]
    const successorUsed = model.usedAt[index + 1] !== undefined
    const inGrace = usedAt !== undefined && model.seconds - usedAt < GRACE_SECONDS && !successorUsed
    expectAnswer(answer, model.alive && (usedAt === undefined || inGrace))
    if (answer.status !== 200) model.alive = false
    else if (usedAt === undefined) {
      model.usedAt[index] = model.seconds
      model.usedAt.push(undefined)
      real.tokens.push(String(answer.body.refresh_token))
    } else expect(answer.body.refresh_token).toBe(real.tokens[index + 1])
  }
}

class Misuse implements Step {
  readonly #back: number
  readonly #how: Record<string, string>
  constructor(back: number, how: Record<string, string>) {
    this.#back = back
    this.#how = how
  }
  // The live token only: one that was rotated away ends the family, whatever else is wrong.
  check = (model: Readonly<Model>) => model.usedAt.length > this.#back && model.usedAt.at(-1 - this.#back) === undefined
  toString = () => `misuse(${JSON.stringify(this.#how)})`
  async run(model: Model, real: Real): Promise<void> {
    const token = real.tokens[model.usedAt.length - 1 - this.#back] ?? ''
    expectAnswer(await refresh(server, clientId, token, this.#how), false)
  }
}

class Steal implements Step {
  readonly #back: number
  constructor(back: number) {
    this.#back = back
  }
  check = (model: Readonly<Model>) => model.usedAt.length > this.#back
  toString = () => `steal(${this.#back} back)`
  async run(model: Model, real: Real): Promise<void> {
    const token = real.tokens[model.usedAt.length - 1 - this.#back] ?? ''
    expectAnswer(await refresh(server, stranger, token), false)
  }
}

class Wait implements Step {
  readonly #seconds: number
  constructor(seconds: number) {
    this.#seconds = seconds
  }
  check = () => true
  toString = () => `wait(${this.#seconds} s)`
  async run(model: Model): Promise<void> {
    await passTime(server, this.#seconds)
    model.seconds += this.#seconds
  }
}

function expectAnswer({ status, body }: TokenAnswer, works: boolean): void {
  expect({ status, error: body.error }).toMatchObject({ status: works ? 200 : 400 })
}

async function begin(): Promise<{ model: Model; real: Real }> {
  const request = authorization(server, clientId)
  const { code } = await approve(server, request, {}, browser)
  return {
    model: { alive: true, seconds: 0, codeUsed: false, usedAt: [] },
    real: { request, code, tokens: [] },
  }
}

describe('a code and its refresh family', () => {
  it('do what the model says, in whatever order things happen (A86, A104, A105, A106, A111, I1, I2, I4)', async () => {
    const back = fc.constantFrom(0, 0, 1, 1, 2, 3)
    const steps: fc.Arbitrary<Step>[] = [
      fc.constant(new Redeem()),
      back.map((value) => new Refresh(value)),
      back.map((value) => new Refresh(value)),
      back.map((value) => new Misuse(value, { scope: 'mcp:issue:create' })),
      back.map((value) => new Misuse(value, { resource: 'https://nobody.example/mcp' })),
      back.map((value) => new Steal(value)),
      fc.constantFrom(20, 61).map((seconds) => new Wait(seconds)),
    ]
    await fc.assert(
      fc.asyncProperty(fc.commands(steps, { maxCommands: STEPS_MAX, size: 'max' }), async (sequence) => {
        const { model, real } = await begin()
        await fc.asyncModelRun(async () => ({ model, real }), [new Redeem(), ...sequence])
        const [row] = await query(
          server,
          `SELECT count(*) FILTER (WHERE consumed_at IS NULL)::int AS leaves FROM refresh_tokens
            WHERE grant_id = (SELECT grant_id FROM refresh_tokens WHERE id_hash = sha256($1::bytea))`,
          [real.tokens[0] ?? ''],
        )
        expect(row).toEqual({ leaves: 1 })
      }),
      { numRuns: SEQUENCES },
    )
  }, 120_000)
})
