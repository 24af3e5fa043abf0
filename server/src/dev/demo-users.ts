import type { Secret } from '../config/secret.ts'
import type { Accounts } from '../store/accounts.ts'
import { hashPassword, verifyPassword } from '../store/password.ts'

/** Who can sign in to the demo. */
export const DEMO_USERS = [
  { login: 'alice', name: 'Alice Ames', role: 'engineer' },
  { login: 'bob', name: 'Bob Burns', role: 'approver' },
] as const

/**
 * Makes sure that the demo users exist and that the printed password is theirs.
 *
 * @param accounts where they live
 * @param password one for all of them
 */
export async function ensureDemoUsers(accounts: Accounts, password: Secret): Promise<void> {
  for (const { login, name } of DEMO_USERS) {
    const found = await accounts.findForSignIn(login)
    if (found === undefined) {
      await accounts.add({ login, name, passwordHash: await hashPassword(password.reveal()) })
    } else if (!(await verifyPassword(password.reveal(), found.passwordHash))) {
      // Only when it differs: a new password ends the person's sessions and grants.
      await accounts.setPasswordHash(login, await hashPassword(password.reveal()))
    }
  }
}
