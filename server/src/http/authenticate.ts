import type { Context } from 'koa'
import { ACR } from '../config/authentication-class.ts'
import type { Accounts } from '../store/accounts.ts'
import type { SignedInBy } from '../store/sign-in-proof.ts'
import { currentUnit } from '../store/unit-of-work.ts'
import type { SignInTries, TooManyTries } from './sign-in-tries.ts'

// Longer ones are not typed by people, and each is hashed at our expense.
const PASSWORD_CHARACTERS_MAX = 1_024

export interface AuthenticateDeps {
  readonly accounts: Pick<Accounts, 'findForSignIn'>
  /** Without a hash it takes as long and is false: the time does not tell which logins exist. */
  readonly verifyPassword: (password: string, hash: string | undefined) => Promise<boolean>
  readonly signInTries: SignInTries
  readonly report: (level: 'warn', message: string, detail: Readonly<Record<string, unknown>>) => void
}

/**
 * Why nobody was proven: the login and the password do not match, the passkey proves nobody, or there were too many that
 * did not.
 */
export type AuthenticationRefusal = { readonly ok: false; readonly reason: 'mismatch' | 'passkey' } | TooManyTries

export type Authentication = ({ readonly ok: true } & SignedInBy) | AuthenticationRefusal

export const SIGN_IN_CODES = {
  mismatch: 'SALLYPORT_E_SIGN_IN',
  passkey: 'SALLYPORT_E_PASSKEY',
  'too-many': 'SALLYPORT_E_SIGN_IN_LIMIT',
} as const

/** Judges a login and a password; a refusal is told to the operator. */
export async function authenticate(login: string, password: string, deps: AuthenticateDeps): Promise<Authentication> {
  const outcome = await prove(login, password, deps)
  // Never with the login that was typed: people type their password there.
  if (!outcome.ok) reportRefusal(SIGN_IN_CODES[outcome.reason], deps.report)
  return outcome
}

/** Tells the operator of a sign-in that was refused. @param why for nobody else to know */
export function reportRefusal(
  code: string,
  report: AuthenticateDeps['report'],
  why: Readonly<Record<string, unknown>> = {},
): void {
  const unit = currentUnit()
  const { correlationId, callerAddress: address } = unit
  unit.refusedWith = code
  report('warn', 'sign-in refused', { correlationId, address, code, ...why })
}

async function prove(login: string, password: string, deps: Omit<AuthenticateDeps, 'report'>): Promise<Authentication> {
  if (login === '' || password === '' || password.length > PASSWORD_CHARACTERS_MAX) return MISMATCH
  return deps.signInTries.judge({ login }, () => judge(login, password, deps))
}

async function judge(
  login: string,
  password: string,
  deps: Pick<AuthenticateDeps, 'accounts' | 'verifyPassword'>,
): Promise<({ readonly ok: true } & SignedInBy) | typeof MISMATCH> {
  const found = await deps.accounts.findForSignIn(login)
  const matches = await deps.verifyPassword(password, found?.passwordHash)
  if (!matches || found === undefined || found.account.disabledAt !== undefined) return MISMATCH
  const proof = { kind: 'password', version: found.passwordVersion } as const
  return { ok: true, accountId: found.account.id, acr: ACR.password, amr: ['pwd'], proof }
}

/** Which of the two it was is nobody's to know. */
export const MISMATCH = { ok: false, reason: 'mismatch' } as const

/** The sentence of a refusal, with its status and header. @param mismatch the sentence where the two do not match */
export function tellRefusal(
  ctx: Context,
  refusal: AuthenticationRefusal,
  mismatch: string = SIGN_IN_REFUSED,
): { readonly status: 401 | 429; readonly error: string } {
  switch (refusal.reason) {
    case 'mismatch':
      return { status: 401, error: mismatch }
    case 'passkey':
      return { status: 401, error: PASSKEY_REFUSED }
    case 'too-many':
      ctx.set('Retry-After', String(refusal.retryAfterSeconds))
      return { status: 429, error: tooMany(refusal.retryAfterSeconds) }
  }
}

/** One sentence for every reason: which of them it was would tell a stranger which logins exist. */
const SIGN_IN_REFUSED = 'That user name and password do not match.'

/** Whether it was removed, copied or never here is for the log. */
const PASSKEY_REFUSED = 'That passkey was not accepted. Try once more.'

function tooMany(seconds: number): string {
  const [count, unit] = seconds < 60 ? [seconds, 'second'] : [Math.ceil(seconds / 60), 'minute']
  return `There were too many tries. Wait ${count} ${unit}${count === 1 ? '' : 's'}, then try again.`
}
