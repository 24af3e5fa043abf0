import { randomBytes } from 'node:crypto'
import { errors, Provider } from 'oidc-provider'
import type { Settings } from '../config/settings.ts'
import { equalInConstantTime } from '../keys/equal.ts'
import type { SigningAlgorithm } from '../keys/signing-keys.ts'
import { hashClientSecret } from '../store/clients.ts'
import { rawBasicSecret } from './basic-credentials.ts'
import { normaliseClientMetadata } from './client-metadata.ts'
import { CLIENT_PROPERTIES } from './client-properties.ts'
import { schemaOf } from './internals.ts'
import type { Slice } from './slice.ts'

// A registered id never looks like a client metadata document's: those are https URLs.
const CLIENT_ID_PREFIX = 'client_'
const CLIENT_ID_BYTES = 16
const CLIENT_SECRET_BYTES = 32

/** Ways of client authentication, as the metadata lists them. */
export const CLIENT_AUTH_METHODS = ['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt'] as const

/** Who may be a client, and how it proves that it is one. @see RFC 7591, OAuth 2.1 §2.4 */
export function clients(
  settings: Pick<Settings, 'registration' | 'privateUseRedirects'>,
  algorithm: SigningAlgorithm,
): Slice {
  return {
    clientAuthMethods: [...CLIENT_AUTH_METHODS],
    clientDefaults: {
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      id_token_signed_response_alg: algorithm,
      token_endpoint_auth_method: 'client_secret_basic',
    },
    // No credentials travel in cookies on these endpoints, so any page may call them with what it already holds.
    clientBasedCORS: () => true,
    features: {
      registration: {
        enabled: settings.registration.mode !== 'off',
        // Asked for before the body is read, by a comparison of digests.
        initialAccessToken: false,
        issueRegistrationAccessToken: false,
        idFactory: () => CLIENT_ID_PREFIX + randomBytes(CLIENT_ID_BYTES).toString('base64url'),
        secretFactory: async () => newClientSecret(),
      },
    },
    extraClientMetadata: {
      properties: Object.values(CLIENT_PROPERTIES),
      validator(ctx, property, _value, metadata) {
        // The engine calls once for each property; the normaliser looks at the whole and needs one call.
        if (property !== CLIENT_PROPERTIES.source) return
        normaliseInPlace(metadata as Record<string, unknown>, settings, ctx !== undefined)
      },
    },
  }
}

export function newClientSecret(): string {
  return randomBytes(CLIENT_SECRET_BYTES).toString('base64url')
}

function normaliseInPlace(
  metadata: Record<string, unknown>,
  options: { privateUseRedirects: readonly string[] },
  registering: boolean,
): void {
  // A registration that names our own properties would vouch for itself.
  if (registering) for (const name of Object.values(CLIENT_PROPERTIES)) delete metadata[name]
  const result = normaliseClientMetadata({ ...metadata }, options)
  // The engine answers `invalid_redirect_uri` where the sentence begins with the name of that member. @see RFC 7591 §3.2.2
  if (!result.ok) throw new errors.InvalidClientMetadata(result.reason)
  for (const name of Object.keys(metadata)) delete metadata[name]
  Object.assign(metadata, result.metadata)
}

const WITHOUT_SECRET: readonly unknown[] = ['none', 'private_key_jwt']

/** Whether a client that signs in as its metadata says has a secret. */
export function needsSecret(metadata: { readonly token_endpoint_auth_method?: unknown }): boolean {
  return !WITHOUT_SECRET.includes(metadata.token_endpoint_auth_method)
}

/**
 * Who gets a secret hangs on the way it signs in and on nothing else. The engine also looks at algorithms of tokens that
 * are not issued here, and does so before anybody has looked at what was sent: a member of a strange shape would end there.
 */
export function makeSecretsByMethod(provider: Provider): void {
  Object.defineProperty(provider.Client, 'needsSecret', { value: needsSecret })
}

/** Secrets are kept as digests, so the engine's comparison of plain texts is replaced. */
export function compareSecretsByDigest(provider: Provider): void {
  const prototype: object = provider.Client.prototype
  Object.defineProperty(prototype, 'compareClientSecret', {
    value(this: { clientSecret?: string }, presented: string): boolean {
      const expected = this.clientSecret ?? ''
      const raw = rawBasicSecret(Provider.ctx?.get('Authorization'))
      return [presented, raw].some(
        (secret) => secret !== undefined && equalInConstantTime(expected, hashClientSecret(secret)),
      )
    },
  })
}

/** The engine's own opinion of redirect URIs, behind the judge's, would refuse https on loopback beside http. */
export function leaveRedirectUrisToTheJudge(provider: Provider): void {
  Object.defineProperty(schemaOf(provider), 'redirectUris', { value(): void {} })
}
