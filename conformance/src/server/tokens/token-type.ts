import type { Check } from '../../check/check.ts'
import { EXAMINER_CLIENT_ID } from '../../issuer/mint.ts'
import { soundPart } from '../sound-part.ts'
import type { ServerSubject } from '../subject.ts'
import { type Forgery, forgeryCheck } from './forgery-check.ts'
import { verifierRemedies } from './remedies.ts'

const remedies = verifierRemedies(
  'Take `at+jwt` (and `application/at+jwt`) as type of a token, and nothing else; where the issuer writes plain `JWT`, compare the audience all the more strictly.',
  {
    fastmcp:
      '`JWTVerifier` does not look at `typ`: set `audience`, which keeps ID tokens out, and subclass it to read the header of the token.',
    spring:
      'Build the decoder with `validateType(false)` and the validator `JwtValidators.createAtJwtValidator()`, which asks for `at+jwt`.',
  },
)
const BACKCHANNEL_LOGOUT = 'http://schemas.openid.net/event/backchannel-logout'

const idToken = forgeryCheck({
  id: 'token-id-token',
  requirement: 'RS-TOK-03',
  title: 'Refuses an ID token',
  risk: 'An ID token says who somebody is, to one client, and passes through browsers and logs. A server that takes it lets every client, and whoever reads such a log, act for the person.',
  sends:
    'A sound token, then one that is an ID token in all but its issuer and key: `typ` is `JWT`, `aud` is a client, with `nonce`, `at_hash` and `auth_time`. In `live`: a real one, where the issuer gives any.',
  expects: '401.',
  remedies,
  forgeries: ({ now }) => [
    {
      name: 'that is an ID token for a client',
      change: {
        header: { typ: 'JWT' },
        claims: { aud: EXAMINER_CLIENT_ID, nonce: 'n-0S6_WzA2Mj', at_hash: '77QmUPtjPfzWtF2AnpK9RQ', auth_time: now },
      },
      real: { kind: 'ID token' },
    },
  ],
})

const logoutToken = forgeryCheck({
  id: 'token-logout-token',
  requirement: 'RS-TOK-03',
  title: 'Refuses a logout token',
  risk: 'Issuers post logout tokens to addresses all over the world. They are signed with the same key, and are no permission for anything.',
  sends:
    'A sound token, then one of type `logout+jwt` with the logout event and a client as audience, and the same one with this server as audience.',
  expects: '401 to both; the one with the right audience is a warning at most.',
  remedies,
  forgeries: () => {
    const claims = { events: { [BACKCHANNEL_LOGOUT]: {} }, sid: 'session' }
    const header = { typ: 'logout+jwt' }
    return [
      {
        name: 'that is a logout token for a client',
        change: { header, claims: { ...claims, aud: EXAMINER_CLIENT_ID } },
      },
      { name: 'that is a logout token for this server', change: { header, claims }, taken: 'doubtful' },
    ]
  },
})

const plainType = forgeryCheck({
  id: 'token-type-plain',
  requirement: 'RS-TOK-03',
  title: 'Takes access tokens by their type, where its issuer writes one',
  risk: 'Without the type, nothing but the audience keeps other tokens of the issuer apart from access tokens.',
  sends: 'A sound token of type `at+jwt`, then the same one with plain `typ: JWT`, and one without `typ`.',
  expects: '401. A server that takes them is warned, never failed: many issuers write plain `JWT`.',
  remedies,
  otherwise: 'the token that this server accepts has no type `at+jwt` itself',
  forgeries: (_, subject) => {
    if (soundPart(subject).header.typ !== 'at+jwt') return []
    const forged = (name: string, typ: string | undefined): Forgery => ({
      name,
      change: { header: { typ } },
      taken: 'doubtful',
    })
    return [forged('of plain type `JWT`', 'JWT'), forged('without a type', undefined)]
  },
})

const boundToKey = forgeryCheck({
  id: 'token-bound-as-bearer',
  requirement: 'RS-TOK-09',
  title: 'Refuses a token that is bound to a key when it comes as a plain bearer token',
  risk: 'A bound token is worth nothing to a thief, unless the server takes it without the proof.',
  sends: 'A sound token, then one with `cnf` (the thumbprint of a key) under the scheme Bearer, without a proof.',
  expects:
    '401, from a server whose metadata says that it knows DPoP. Others may not know what `cnf` means and are not asked.',
  remedies: {
    ...verifierRemedies('Refuse a token with `cnf` unless the proof that it asks for came with it and was verified.'),
    sdk1: 'The verifier sees the token alone, so DPoP cannot be done there: refuse tokens that have `cnf`.',
    sdk2: 'The verifier sees the token alone, so DPoP cannot be done there: refuse tokens that have `cnf`.',
    fastmcp: '`JWTVerifier` does not know DPoP: subclass it, and return None for a token that has `cnf`.',
    spring: 'Refuse a token with `cnf` by a validator of the decoder, unless its proof is checked as well.',
  },
  otherwise: 'the metadata of this server does not name DPoP, and a server that does not know it may take such a token',
  forgeries: (_, { metadata }) =>
    metadata?.document.dpop_signing_alg_values_supported === undefined &&
    metadata?.document.dpop_bound_access_tokens_required !== true
      ? []
      : [
          {
            name: 'that is bound to a key, without its proof',
            change: { claims: { cnf: { jkt: '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I' } } },
          },
        ],
})

/** Whether a server takes something for an access token that is none. */
export const typeChecks: readonly Check<ServerSubject>[] = [idToken, logoutToken, plainType, boundToKey]
