import {
  createLocalJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  type JSONWebKeySet,
  type JWTPayload,
  jwtVerify,
} from 'jose'
import type { Check } from '../../check/check.ts'
import { doubtful, faulty, notApplicable, sound } from '../../check/finding.ts'
import { isRecord } from '../../mcp/json-rpc.ts'
import { jsonOf } from '../../wire/message.ts'
import { asking, missing, resourceOf, serverOf } from '../asking.ts'
import { flowOf } from '../authorize/pkce.ts'
import type { AuthorizationServerSubject } from '../subject.ts'

const SENDS = 'A sign-in from the request to the tokens; the token is read, and sent to nobody.'
const OPAQUE = 'the token is opaque'

/** Claims of a token that is a JWT; undefined for an opaque one. */
export function claimsOf(token: string): JWTPayload | undefined {
  try {
    return decodeJwt(token)
  } catch {
    return undefined
  }
}

export const tokenFormat: Check<AuthorizationServerSubject> = {
  id: 'as-token-jwt',
  requirement: 'AS-TK-09',
  title: 'A token that is a JWT says so, and has what its readers need',
  risk: 'A resource cannot tell it from an ID token, and takes one for the other.',
  sends: SENDS,
  expects: '`typ: at+jwt`, an asymmetric algorithm, and `iss`, `aud`, `exp`, `iat`, `jti`, `sub` and `client_id`.',
  remedies: { general: 'Issue access tokens as RFC 9068 says.' },
  run: asking(async (subject) => {
    const { accessToken } = (await flowOf(subject).first.recall()).tokens
    const claims = claimsOf(accessToken)
    if (claims === undefined) return notApplicable(OPAQUE)
    const { typ = 'nothing', alg = 'none' } = decodeProtectedHeader(accessToken)
    const absent = ['iss', 'aud', 'exp', 'iat', 'jti', 'sub', 'client_id'].filter((name) => claims[name] === undefined)
    if (!/^(?:application\/)?at\+jwt$/i.test(typ)) return faulty(`its type is ${typ}`)
    if (/^(?:HS\d+|none)$/.test(alg)) return faulty(`it is signed by ${alg}`)
    return absent.length === 0 ? sound(`at+jwt, ${alg}`) : faulty(`it lacks ${absent.join(', ')}`)
  }),
}

export const tokenVerifies: Check<AuthorizationServerSubject> = {
  id: 'as-token-verifies',
  requirement: 'AS-DISC-21',
  title: 'A token that is a JWT verifies by the published keys',
  risk: 'No resource accepts it.',
  sends: `${SENDS} GET of \`jwks_uri\`.`,
  expects: 'A key that verifies it, and the issuer of the metadata in it.',
  remedies: { general: 'Publish the key that signs, under the `kid` of the token.' },
  run: asking(async (subject) => {
    const { accessToken } = (await flowOf(subject).first.recall()).tokens
    if (claimsOf(accessToken) === undefined) return notApplicable(OPAQUE)
    const { issuer, jwks_uri: url } = serverOf(subject).metadata
    if (typeof url !== 'string' || !URL.canParse(url)) return faulty('the metadata names no keys')
    const set = jsonOf(await subject.wire.send({ method: 'GET', url, headers: [['accept', 'application/json']] }))
    if (!isRecord(set) || !Array.isArray(set.keys)) throw missing('there is no key set')
    try {
      await jwtVerify(accessToken, createLocalJWKSet(set as unknown as JSONWebKeySet), { issuer: String(issuer) })
      return sound('it does')
    } catch (error) {
      return faulty(error instanceof Error ? error.message : String(error))
    }
  }),
}

export const tokenAudience: Check<AuthorizationServerSubject> = {
  id: 'as-resource-audience',
  requirement: 'AS-RES-01',
  title: 'The token is for the resource that was asked for',
  risk: 'A server that got the token from a client sends it to another, which takes it: nobody can tell whom it was for.',
  sends: SENDS,
  expects: 'The resource as the audience.',
  remedies: { general: 'Read `resource` in authorization and token requests (RFC 8707), and write it into `aud`.' },
  run: asking(async (subject) => {
    const { accessToken } = (await flowOf(subject).first.recall()).tokens
    const claims = claimsOf(accessToken)
    if (claims === undefined) return notApplicable(`${OPAQUE}, and whom it is for is known to the resource alone`)
    const audiences = [claims.aud ?? []].flat()
    const resource = resourceOf(subject)
    if (audiences.includes(resource)) return sound(resource)
    const close = audiences.some((each) => each.replace(/\/$/, '') === resource.replace(/\/$/, ''))
    if (close) return doubtful(`it is for ${audiences.join(', ')}`)
    return faulty(audiences.length === 0 ? 'it is for nobody in particular' : `it is for ${audiences.join(', ')}`)
  }),
}

export const tokenSingleAudience: Check<AuthorizationServerSubject> = {
  id: 'as-resource-single',
  requirement: 'AS-RES-04',
  title: 'The token has one audience',
  risk: 'Each of its resources can use it at the others.',
  sends: SENDS,
  expects: 'One resource in `aud`.',
  remedies: { general: 'Issue one token a resource.' },
  run: asking(async (subject) => {
    const claims = claimsOf((await flowOf(subject).first.recall()).tokens.accessToken)
    if (claims === undefined) return notApplicable(OPAQUE)
    const audiences = [claims.aud ?? []].flat()
    return audiences.length > 1 ? faulty(`it is for ${audiences.join(', ')}`) : sound('one')
  }),
}
