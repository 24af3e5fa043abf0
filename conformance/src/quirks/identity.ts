import { exportJWK, generateKeyPair } from 'jose'
import { type DocumentHost, json } from '../as/document-host.ts'
import { type AuthorizationServer, endpointOf, listedIn, type OAuthClient } from '../oauth/authorization-server.ts'
import { fillMembers, fillText, redirectUriOf, serverSign, type Values } from './fill.ts'
import type { ClientProfile, Identity, Need } from './profile.ts'
import type { Replay } from './replay.ts'

export type DocumentIdentity = Extract<Identity, { way: 'document' }>
export type RegistrationIdentity = Extract<Identity, { way: 'registration' }>

const KEY_ID = 'replay'

/** The way in which this client makes itself known to this server; undefined where it has none. */
export function chooseIdentity(profile: ClientProfile, server: AuthorizationServer): Identity | undefined {
  return profile.identities.find(
    (identity) =>
      identity.needs.every((need) => isMet(need, server)) && (identity.way === 'document' || isOpen(server)),
  )
}

/** The registration that this client falls back to, wherever registration is offered. */
export function registrationOf(profile: ClientProfile, server: AuthorizationServer): RegistrationIdentity | undefined {
  return isOpen(server) ? profile.identities.find((identity) => identity.way === 'registration') : undefined
}

function isOpen(server: AuthorizationServer): boolean {
  return endpointOf(server, 'registration_endpoint') !== undefined
}

function isMet(need: Need, server: AuthorizationServer): boolean {
  const promised = server.metadata.authorization_response_iss_parameter_supported === true
  switch (need) {
    case 'documents':
      return server.metadata.client_id_metadata_document_supported === true
    case 'none-listed':
      return listedIn(server, 'token_endpoint_auth_methods_supported').includes('none')
    case 'iss-promised':
      return promised
    case 'iss-unpromised':
      return !promised
    default:
      return need satisfies never
  }
}

/** The values that complete an identity in this run, at this port. */
export function valuesOf({ resource, scopes, issuer }: Replay, { redirect }: Identity, port: number): Values {
  const server = serverSign(resource ?? issuer)
  return { redirect: redirectUriOf(redirect, port, server), server, scope: scopes.join(' ') }
}

/** How it shows who it is: its first choice of those that the metadata lists. */
export function proofOf({ proofs }: DocumentIdentity, server: AuthorizationServer): 'private_key_jwt' | 'none' {
  const listed = listedIn(server, 'token_endpoint_auth_methods_supported')
  return proofs.find((proof) => listed.includes(proof)) ?? proofs.at(-1) ?? 'none'
}

/**
 * Serves the document of a client from the examiner's own host. Only what has to differ does: `client_id` is the URL where it is
 * served, and keys are the examiner's, since the client's own are its secret.
 */
export async function serveDocument(
  host: DocumentHost,
  identity: DocumentIdentity,
  values: Values,
  server: AuthorizationServer,
): Promise<OAuthClient> {
  const url = host.address('client.json')
  const members = fillMembers(identity.members, values)
  const signs = proofOf(identity, server) === 'private_key_jwt'
  const key = signs ? await newKey() : undefined
  const keys = host.address('jwks.json')
  if (key !== undefined) host.serve(keys, json({ keys: [key.published] }))
  host.serve(url, json({ client_id: url, ...members, ...(key === undefined ? {} : { jwks_uri: keys }) }))
  return {
    clientId: url,
    redirectUri: values.redirect,
    authentication: key === undefined ? { method: 'none' } : { method: 'private_key_jwt', key: key.own },
  }
}

async function newKey() {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true })
  const named = { kid: KEY_ID, alg: 'RS256' }
  return {
    own: { ...(await exportJWK(privateKey)), ...named },
    published: { ...(await exportJWK(publicKey)), ...named, use: 'sig' },
  }
}

/** The client under its own URL, for a server that can fetch it there, or knows it without. */
export function clientAtHome(identity: DocumentIdentity, values: Values): OAuthClient {
  return {
    clientId: fillText(identity.url, values),
    redirectUri: values.redirect,
    authentication: { method: 'none' },
  }
}
