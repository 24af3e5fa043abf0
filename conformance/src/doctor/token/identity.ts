import { differenceOf } from '../difference.ts'
import type { Ailing } from '../step.ts'
import type { ReadToken } from './claims.ts'
import type { Expectation } from './expectation.ts'

/** Whether the token is of the authorization server that the metadata names. */
export function dislikesIssuer({ claims: { iss } }: ReadToken, { issuers }: Expectation): Ailing | undefined {
  const [issuer] = issuers
  if (issuer === undefined || issuers.some((each) => each === iss)) return undefined
  if (typeof iss !== 'string') {
    const saw = `The token has no \`iss\`, and the server expects ${issuer}.`
    return { ailment: 'token-issuer-missing', saw, change: 'Let the authorization server write `iss` into its tokens.' }
  }
  const { kind, words } = differenceOf(iss, issuer)
  return {
    ailment: `token-issuer-${kind}`,
    saw: `\`iss\` of the token is not the issuer of the metadata: ${words}.`,
    change:
      kind === 'other'
        ? 'Sign in at the authorization server that the metadata names; or name in the metadata the one that makes the tokens.'
        : `Configure one issuer, in the same characters, in the authorization server (its public URL) and in the token check: ${issuer}.`,
  }
}

/** Whether it is an access token at all. ID tokens are for the client, and some clients send them. */
export function dislikesType({ header: { typ }, claims }: ReadToken): Ailing | undefined {
  const marks = ['nonce', 'at_hash', 'c_hash'].filter((name) => name in claims)
  if (marks.length > 0) {
    return {
      ailment: 'id-token',
      saw: `The token has ${marks.join(' and ')}: it is an ID token, which is for the client and for no server.`,
      change: 'Send the access_token of the token answer, not its id_token.',
    }
  }
  if (typeof typ === 'string' && /^(?:application\/)?at\+jwt$/i.test(typ)) return undefined
  return {
    ailment: 'token-type',
    saw: `\`typ\` of the token is ${typ === undefined ? 'missing' : String(typ)}, and a strict server wants at+jwt (RFC 9068).`,
    change: 'Turn on RFC 9068 access tokens in the authorization server, or tell the server which `typ` to accept.',
  }
}

/** Whether the server can find the key that it was signed with. */
export function dislikesKey({ header: { alg, kid } }: ReadToken, { kids, fits }: Expectation): Ailing | undefined {
  if (typeof alg !== 'string' || /^(?:none|HS\d+)$/i.test(alg)) {
    const saw = `The token is signed by ${String(alg)}, which no server can verify with published keys.`
    return {
      ailment: 'token-algorithm',
      saw,
      change: 'Sign access tokens with a key pair: ES256, PS256, RS256 or EdDSA.',
    }
  }
  if (fits === false) {
    return {
      ailment: 'token-signature',
      saw: `The signature of the token does not fit the published key ${String(kid)}.`,
      change: 'Take the token whole, as it came; or two keys have had this name: give every key a kid of its own.',
    }
  }
  if (kids === undefined || typeof kid !== 'string' || kids.includes(kid)) return undefined
  return {
    ailment: 'token-key-unknown',
    saw: `The token is signed with the key ${kid}, which is not among the published ones (${kids.join(', ')}).`,
    change: 'Publish the key before it signs and as long as its tokens live; or the token is of another environment.',
  }
}

/** Whether it allows anything. Weak: not every server asks for scopes. */
export function dislikesScope({ claims: { scope, scp } }: ReadToken): Ailing | undefined {
  const has = [scope, scp].some((list) =>
    Array.isArray(list) ? list.length > 0 : typeof list === 'string' && list !== '',
  )
  if (has) return undefined
  const saw = 'The token has no `scope`.'
  return { ailment: 'token-scope-missing', saw, change: 'Ask for the scopes of the metadata, and consent to them.' }
}
