import type { Consents } from '../store/consents.ts'
import { currentUnit } from '../store/unit-of-work.ts'
import type { Slice } from './slice.ts'

/**
 * Who the subject is. At the token endpoint the account came with the code or refresh token; at the authorization
 * endpoint it is read together with the consent it may have given. A disabled account is no account.
 */
export function accounts(consents: Pick<Consents, 'findWithAccount'>): Slice {
  return {
    async findAccount(ctx, sub) {
      const unit = currentUnit()
      const known = unit.accounts.get(sub)
      const resource = ctx.oidc.params?.resource
      if (known === undefined || (unit.consent === undefined && ctx.oidc.route !== 'token')) {
        const found = await consents.findWithAccount({
          accountId: sub,
          clientId: ctx.oidc.client?.clientId ?? '',
          resourceUri: typeof resource === 'string' ? resource : '',
        })
        if (found === undefined) return undefined
        unit.accounts.set(sub, found.account)
        unit.consent = found.consent
      }
      return { accountId: sub, claims: async () => ({ sub }) }
    },
  }
}
