import { pkce, pkceFresh, pkcePlainOnly, pkceUnadvertised } from './authorization/pkce.ts'
import { redirectUri } from './authorization/redirect-uri.ts'
import { codeOnce, denialRespected } from './authorization/refusals.ts'
import { resourceInAuthorization, resourceInRefresh, resourceInToken } from './authorization/resource.ts'
import { stateCompared, stateSent } from './authorization/state.ts'
import { issuerEcho, issuerEchoSlash, orderWithoutPath, orderWithPath } from './discovery/issuer-metadata.ts'
import { issuerMetadataRedirect, resourceMetadataRedirect } from './discovery/redirects.ts'
import {
  challengeFollowed,
  foreignResource,
  metadataOfAnother,
  siblingResource,
  wellKnownSearched,
} from './discovery/resource-metadata.ts'
import { credentialsNotReused, refreshTokenNotShown } from './issuers/issuer-change.ts'
import { mixUp } from './issuers/mix-up.ts'
import {
  issuerAbsent,
  issuerInError,
  issuerMissing,
  issuerNormalised,
  issuerUnannounced,
  issuerWrong,
} from './issuers/response-issuer.ts'
import { fileEndpoint, schemeEndpoint, scriptEndpoint, shellEndpoint } from './opening/authorization-endpoint.ts'
import { basicAuthentication, noAuthentication, postAuthentication } from './registration/authentication.ts'
import { applicationType, documentFirst, refreshGrant } from './registration/registering.ts'
import { type ClientCheck, type Scenario, scenarioCheck } from './scenario.ts'
import { scopeOfChallenge, scopeOfMetadata, scopeOmitted, signInOnlyIfListed } from './scopes/first-scopes.ts'
import { stepUp, stepUpLimit, stepUpLimitGrowing, stepUpUnion } from './scopes/step-up.ts'
import { codeNotRedirected, tokenInHeaderAlone, tokenNotRedirected, tokenWithEveryRequest } from './tokens/placement.ts'
import { endlessRefusal, refreshOnRefusal, refreshRotation } from './tokens/withdrawn.ts'

const scenarios: readonly Scenario[] = [
  ...[challengeFollowed, wellKnownSearched, foreignResource, siblingResource, metadataOfAnother],
  ...[orderWithPath, orderWithoutPath, issuerEcho, issuerEchoSlash, resourceMetadataRedirect, issuerMetadataRedirect],
  ...[scriptEndpoint, fileEndpoint, schemeEndpoint, shellEndpoint],
  ...[documentFirst, applicationType, refreshGrant, basicAuthentication, postAuthentication, noAuthentication],
  ...[pkce, pkceFresh, pkceUnadvertised, pkcePlainOnly, resourceInAuthorization, resourceInToken, resourceInRefresh],
  ...[redirectUri, stateSent, stateCompared, codeOnce, denialRespected],
  ...[issuerMissing, issuerWrong, issuerNormalised, issuerUnannounced, issuerAbsent, issuerInError, mixUp],
  ...[credentialsNotReused, refreshTokenNotShown],
  ...[scopeOfChallenge, scopeOfMetadata, scopeOmitted, signInOnlyIfListed],
  ...[stepUp, stepUpUnion, stepUpLimit, stepUpLimitGrowing, endlessRefusal],
  ...[tokenInHeaderAlone, tokenWithEveryRequest, tokenNotRedirected, codeNotRedirected],
  ...[refreshOnRefusal, refreshRotation],
]

/** Every check of `client` mode, in the order in which it runs. */
export const clientChecks: readonly ClientCheck[] = scenarios.map(scenarioCheck)
