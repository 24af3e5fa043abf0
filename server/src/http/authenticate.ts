import type { Accounts } from '../store/accounts.ts'
import { currentUnit } from '../store/unit-of-work.ts'

/** One sentence for every reason: which of them it was would tell a stranger which logins exist. */
export const SIGN_IN_REFUSED = 'That user name and password do not match.'
export const SIGN_IN_CODE = 'SALLYPORT_E_SIGN_IN'
// Longer ones are not typed by people, and each is hashed at our expense.
const PASSWORD_CHARACTERS_MAX = 1_024

interface AuthenticateDeps {
  readonly accounts: Pick<Accounts, 'findForSignIn'>
  /** Without a hash it takes as long and is false: the time does not tell which logins exist. */
  readonly verifyPassword: (password: string, hash: string | undefined) => Promise<boolean>
  readonly report: (level: 'warn', message: string, detail: Readonly<Record<string, unknown>>) => void
}

/** A person who has proven to be one of this server's. */
export interface Proven {
  readonly accountId: string
  /** Changes with each password. */
  readonly passwordVersion: string
}

/** Judges a login and a password; a refusal is told to the operator. @returns undefined for a refusal */
export async function authenticate(
  login: string,
  password: string,
  deps: AuthenticateDeps,
): Promise<Proven | undefined> {
  const proven = await prove(login, password, deps)
  if (proven !== undefined) return proven
  // Never with the login that was typed: people type their password there.
  const unit = currentUnit()
  const { correlationId, callerAddress: address } = unit
  unit.refusedWith = SIGN_IN_CODE
  deps.report('warn', 'sign-in refused', { correlationId, address, code: SIGN_IN_CODE })
  return undefined
}

async function prove(
  login: string,
  password: string,
  deps: Omit<AuthenticateDeps, 'report'>,
): Promise<Proven | undefined> {
  if (login === '' || password === '' || password.length > PASSWORD_CHARACTERS_MAX) return undefined
  const found = await deps.accounts.findForSignIn(login)
  const matches = await deps.verifyPassword(password, found?.passwordHash)
  if (!matches || found === undefined || found.account.disabledAt !== undefined) return undefined
  return { accountId: found.account.id, passwordVersion: found.passwordVersion }
}
