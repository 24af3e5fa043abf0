import { createHash } from 'node:crypto'
import type { PublicKey } from '../../config/public-key-set.ts'
import type { DocumentVersion } from '../../store/client-documents.ts'
import { type ClientMetadata, normaliseClientMetadata } from '../client-metadata.ts'
import { CLIENT_PROPERTIES } from '../client-properties.ts'
import { type DocumentAuthMethod, negotiateAuthMethod } from './auth-method.ts'
import { identityOf, judgeKeySet } from './key-set.ts'
import { type DocumentRefusal, refuse } from './refusal.ts'

/** What an answer is judged by. */
export interface DocumentRules {
  readonly privateUseRedirects: readonly string[]
  /** Methods of client authentication that this server offers. */
  readonly authMethods: readonly string[]
}

/** An answer with a body, as far as judging it goes. */
export interface DocumentAnswer {
  readonly headers: { get(name: string): string | undefined }
  readonly body: Buffer
}

type Members = Readonly<Record<string, unknown>>

const JSON_TYPE = /^application\/(?:json|[\w.!#$&^-]+\+json)\s*(?:;|$)/i

/** Reads a JSON object. What is not announced as JSON was not meant as a document: a page, a download, somebody's file. */
export function readJson(answer: DocumentAnswer): { readonly ok: true; readonly members: Members } | DocumentRefusal {
  const type = answer.headers.get('content-type') ?? ''
  if (!JSON_TYPE.test(type)) return refuse('type', `has the content type "${type.slice(0, 100)}"`)
  try {
    const parsed: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(answer.body))
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) {
      return { ok: true, members: { ...parsed } }
    }
    return refuse('json', 'is not a JSON object')
  } catch {
    return refuse('json', 'is not JSON in UTF-8')
  }
}

/**
 * Judges what the URL answered, and takes of it what this server uses.
 * @param url the client id it was fetched for
 * @see draft-ietf-oauth-client-id-metadata-document §4
 */
export function judgeDocument(
  url: string,
  answer: DocumentAnswer,
  rules: DocumentRules,
): { readonly ok: true; readonly version: DocumentVersion } | DocumentRefusal {
  const read = readJson(answer)
  if (!read.ok) return read
  const { members } = read
  // Simple string comparison: a document that speaks of another URL is somebody else's.
  if (members.client_id !== url) return refuse('id', `has the client_id ${shown(members.client_id)}`)
  if (Object.keys(members).some((name) => name.startsWith('client_secret'))) {
    return refuse('secret', 'holds a client secret, which everybody has read')
  }
  const negotiated = negotiateAuthMethod(members, rules.authMethods)
  if (!negotiated.ok) return negotiated
  const keys = keysOf(members, negotiated.method)
  return keys.ok ? versionOf(members, { method: negotiated.method, keys: keys.metadata }, rules) : keys
}

interface Authentication {
  readonly method: DocumentAuthMethod
  readonly keys: KeyMembers
}

interface KeyMembers {
  readonly jwks?: { readonly keys: readonly PublicKey[] }
  readonly jwks_uri?: string
}

function versionOf(members: Members, { method, keys }: Authentication, rules: DocumentRules) {
  const { client_name, redirect_uris, grant_types, application_type } = members
  const stated = {
    client_name,
    redirect_uris,
    grant_types,
    application_type,
    token_endpoint_auth_method: method,
    ...strictness(members),
  }
  const normalised = normaliseClientMetadata({ ...stated, ...keys, [CLIENT_PROPERTIES.source]: 'document' }, rules)
  if (!normalised.ok) return refuse('redirects', normalised.reason)
  const { client_name: name } = normalised.metadata
  if (typeof name !== 'string') return refuse('name', 'has no client_name')
  const words = { ...wordsOfDocument(normalised.metadata), ...strictness(members) }
  const metadata = { ...words, token_endpoint_auth_method: method, ...keys }
  return {
    ok: true,
    version: { digest: digestOf({ name, redirectUris: redirect_uris, method, keys }), metadata },
  } as const
}

/** What a client may ask to be held to. Nobody has to agree to that, and a version may begin or end to ask. */
const STRICTNESS = ['dpop_bound_access_tokens', 'require_pushed_authorization_requests']

function strictness(members: Members): Members {
  return Object.fromEntries(STRICTNESS.filter((name) => members[name] === true).map((name) => [name, true]))
}

/**
 * What is kept of a document is what the normaliser made of it, in RFC 7591 names alone: what a document holds beside may
 * be anything, and the database cannot hold every text that JSON can spell.
 */
function wordsOfDocument(normalised: ClientMetadata): Members {
  const { client_name, redirect_uris, application_type } = normalised
  const refreshes = normalised[CLIENT_PROPERTIES.refreshOnRequest] !== true
  const grant_types = ['authorization_code', ...(refreshes ? ['refresh_token'] : [])]
  return { client_name, redirect_uris, application_type, grant_types }
}

/** Where the keys are; they are needed by one method and mean nothing beside the other. */
function keysOf(
  members: Members,
  method: DocumentAuthMethod,
): { readonly ok: true; readonly metadata: KeyMembers } | DocumentRefusal {
  if (method === 'none') return { ok: true, metadata: {} }
  const { jwks, jwks_uri: uri } = members
  if ((jwks == null) === (uri == null)) return refuse('keys', 'needs one of jwks and jwks_uri')
  if (uri != null) {
    if (typeof uri === 'string' && isHttpsAsParsed(uri)) return { ok: true, metadata: { jwks_uri: uri } }
    return refuse('keys', 'has a jwks_uri that is no https URL, or is not spelled as parsers write it')
  }
  const judged = judgeKeySet(jwks)
  return judged.ok ? { ok: true, metadata: { jwks: { keys: judged.keys } } } : judged
}

function isHttpsAsParsed(uri: string): boolean {
  const url = URL.parse(uri)
  return url?.protocol === 'https:' && url.href === uri
}

/**
 * Digest of what a person agrees to when they agree to this client: its name, where answers go, and how it proves that it
 * is itself. The order of lists, and everything else in a document, may change without asking anybody again.
 */
function digestOf(version: { name: string; redirectUris: unknown; keys: KeyMembers; method: string }): string {
  const { name, redirectUris, keys, method } = version
  const sorted = (list: readonly unknown[]): readonly unknown[] => [...new Set(list)].sort()
  const parts = [
    name,
    sorted(Array.isArray(redirectUris) ? redirectUris : []),
    method,
    keys.jwks_uri ?? null,
    sorted((keys.jwks?.keys ?? []).map(identityOf)),
  ]
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url')
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? 'undefined').slice(0, 200)
}
