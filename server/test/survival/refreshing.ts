import type { TestServer } from '../setup/authorization-server.ts'
import { createBrowser } from '../setup/browser.ts'
import { approve, authorization, redeem, refresh, register, type TokenAnswer } from '../setup/flow.ts'

/** Clients that refresh without a pause, by turns on each of the servers, and try again when they are told to. */
export interface Refreshing {
  readonly clientId: string
  /** Answers that were neither tokens nor a 503 with Retry-After and our code. */
  readonly unexpected: readonly unknown[]
  answered(): number
  unavailable(): number
  /** The token that each family has now. */
  stop(): Promise<readonly string[]>
}

export async function startRefreshing(
  home: TestServer,
  /** Those that requests may go to at the moment. */
  servers: () => readonly TestServer[],
  families: number,
): Promise<Refreshing> {
  const clientId = await register(home)
  const browser = createBrowser()
  const tokens: string[] = []
  for (let count = 0; count < families; count += 1) {
    const request = authorization(home, clientId)
    const { body } = await redeem(home, request, (await approve(home, request, {}, browser)).code)
    tokens.push(String(body.refresh_token))
  }
  const unexpected: unknown[] = []
  let [answered, unavailable] = [0, 0]
  const stopping = new AbortController()
  const loops = tokens.map(async (_, family) => {
    for (let turn = family; !stopping.signal.aborted; turn += 1) {
      const targets = servers()
      const server = targets[turn % targets.length] ?? home
      const answer = await refresh(server, clientId, tokens[family] ?? '').catch((error: unknown) => error)
      if (isAnswer(answer) && answer.status === 200) {
        answered += 1
        tokens[family] = String(answer.body.refresh_token)
      } else if (isAnswer(answer) && isAskedToWait(answer)) unavailable += 1
      else unexpected.push(answer)
    }
  })
  return {
    clientId,
    unexpected,
    answered: () => answered,
    unavailable: () => unavailable,
    async stop() {
      stopping.abort()
      await Promise.all(loops)
      return tokens
    },
  }
}

function isAnswer(answer: unknown): answer is TokenAnswer {
  return typeof answer === 'object' && answer !== null && 'status' in answer
}

function isAskedToWait({ status, headers, body }: TokenAnswer): boolean {
  return status === 503 && Number(headers.get('retry-after')) > 0 && body.error_code === 'SALLYPORT_E_UNAVAILABLE'
}
