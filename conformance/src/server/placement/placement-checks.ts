import type { Check } from '../../check/check.ts'
import type { ServerSubject } from '../subject.ts'
import { tokenInBody, tokenInCookie, tokenInForm, tokenInQuery, tokenInQueryBesideHeader } from './elsewhere.ts'
import { everyRequestNeedsToken, sessionEndNeedsToken, streamNeedsToken } from './every-request.ts'
import { forwardedAddress } from './forwarded-address.ts'
import { credentialsTwice, schemeInAnyCase } from './header-forms.ts'
import { sessionIds } from './session-ids.ts'
import { sessionOwner } from './session-owner.ts'

/** Where a token counts, and how often it must come. */
export const placementChecks: readonly Check<ServerSubject>[] = [
  tokenInQuery,
  tokenInQueryBesideHeader,
  tokenInForm,
  tokenInBody,
  tokenInCookie,
  credentialsTwice,
  schemeInAnyCase,
  everyRequestNeedsToken,
  streamNeedsToken,
  sessionEndNeedsToken,
  sessionOwner,
  sessionIds,
  forwardedAddress,
]
