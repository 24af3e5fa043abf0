import { errors, type KoaContextWithOIDC } from 'oidc-provider'
import { type Acr, judgeAcr } from '../config/authentication-class.ts'
import { currentUnit } from '../store/unit-of-work.ts'
import { errorEntry } from './error-catalogue.ts'
import type { Slice } from './slice.ts'

/** @see OpenID Connect Core Error Code unmet_authentication_requirements 1.0 §2, RFC 9470 §5 */
export const UNMET_AUTHENTICATION = 'unmet_authentication_requirements'

/**
 * Classes of authentication, advertised as they are judged. The engine ties `acr_values` to OpenID and to what it calls
 * voluntary; here it is read from the facts and honoured.
 */
export function authenticationClasses(acrs: readonly Acr[]): Slice {
  return { acrValues: [...acrs] }
}

/**
 * Whether the person has to sign in more surely than they did.
 * @throws CustomOIDCProviderError `unmet_authentication_requirements` where no sign-in of this server would do
 * @see RFC 9470 §4, §5
 */
export function needsStrongerSignIn(ctx: KoaContextWithOIDC, acrs: readonly Acr[]): boolean {
  const { acrValues } = currentUnit().facts
  const judged = judgeAcr(acrValues, ctx.oidc.session?.acr, acrs)
  if (judged.kind !== 'unknown') return judged.kind === 'unmet'
  throw new errors.CustomOIDCProviderError(UNMET_AUTHENTICATION, errorEntry(UNMET_AUTHENTICATION).sentence)
}
