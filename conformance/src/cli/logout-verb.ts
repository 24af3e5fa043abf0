import type { Command } from 'commander'
import { findIssuer, NoSignIn } from '../live/issuer-found.ts'
import type { LoginStore, StoredLogin } from '../live/login-store.ts'
import { EndpointMissing } from '../oauth/authorization-server.ts'
import { refusalInWords } from '../oauth/oauth-answer.ts'
import { revokeToken } from '../oauth/token-state.ts'
import { createPace, DEFAULT_BUDGET, DEFAULT_RATE } from '../wire/pace.ts'
import { createWires, Unanswered, type Wire } from '../wire/wire.ts'
import type { Console } from './console.ts'
import { EXIT } from './exit-code.ts'
import { openStore } from './login-flags.ts'
import { USER_AGENT } from './version.ts'

const TIMEOUT_MS = 10_000

/** Adds `logout` to the program. */
export function addLogoutVerb(program: Command, console: Console, finish: (exitCode: number) => void): void {
  program
    .command('logout')
    .description('revoke and forget the logins that are stored on this machine')
    .argument('[issuer]', 'of this issuer alone')
    .action(async (issuer: string | undefined) => finish(await logOut(issuer, console)))
}

async function logOut(issuer: string | undefined, console: Console): Promise<number> {
  const store = await openStore(console.environment)
  const logins = (await store.all()).filter((login) => issuer === undefined || login.issuer === issuer)
  if (logins.length === 0) {
    console.out(issuer === undefined ? 'No logins are stored.' : `No logins of ${issuer} are stored.`)
    return EXIT.passed
  }
  const pace = createPace({ requestsPerSecond: DEFAULT_RATE, budget: DEFAULT_BUDGET })
  const wires = createWires({ pace, timeoutMs: TIMEOUT_MS, userAgent: USER_AGENT })
  try {
    const wire = wires.open()
    for (const login of logins) await forget(wire, store, login, console)
  } finally {
    await wires.close()
  }
  return EXIT.passed
}

/** Forgotten whatever the issuer says: a login that cannot be revoked must not be used either. */
async function forget(wire: Wire, store: LoginStore, login: StoredLogin, console: Console): Promise<void> {
  const whyNot = await whyNotRevoked(wire, login)
  await store.forget(login)
  const done = whyNot === undefined ? 'revoked and forgotten' : `forgotten, and not revoked: ${whyNot}`
  console.out(`${login.issuer} ${login.login} for ${login.resource}: ${done}`)
}

async function whyNotRevoked(wire: Wire, { issuer, client, refreshToken }: StoredLogin): Promise<string | undefined> {
  try {
    const server = await findIssuer(wire, issuer)
    const answer = await revokeToken(wire, server, client, { token: refreshToken, hint: 'refresh_token' })
    return answer.kind === 'done' ? undefined : refusalInWords(answer)
  } catch (error) {
    if (error instanceof NoSignIn || error instanceof EndpointMissing || error instanceof Unanswered)
      return error.message
    throw error
  }
}
