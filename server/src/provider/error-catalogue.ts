/** What a refusal says besides its OAuth error: our stable code, and a sentence that tells what to change. */
export interface ErrorEntry {
  readonly code: `SALLYPORT_E_${string}`
  /** Public and generic: nothing an attacker could learn from. */
  readonly sentence: string
}

const CATALOGUE: Readonly<Record<string, ErrorEntry>> = {
  access_denied: {
    code: 'SALLYPORT_E_ACCESS_DENIED',
    sentence: 'The person, or a rule of this server, refused the request.',
  },
  consent_required: {
    code: 'SALLYPORT_E_CONSENT_REQUIRED',
    sentence: 'A person has to agree first: send the request without prompt=none.',
  },
  interaction_required: {
    code: 'SALLYPORT_E_INTERACTION_REQUIRED',
    sentence: 'A person has to see a page first: send the request without prompt=none.',
  },
  invalid_client: {
    code: 'SALLYPORT_E_CLIENT',
    sentence: 'The client is not known here or did not prove who it is: register again, or check its secret or key.',
  },
  invalid_client_metadata: {
    code: 'SALLYPORT_E_CLIENT_METADATA',
    sentence: 'The client metadata cannot be registered.',
  },
  invalid_dpop_proof: {
    code: 'SALLYPORT_E_DPOP_PROOF',
    sentence: 'The DPoP proof is missing, malformed, made for another request, or was used before: send a new one.',
  },
  invalid_grant: {
    code: 'SALLYPORT_E_GRANT',
    sentence:
      'The code or token is not valid for this request, or what it was made from has ended: start a new authorization.',
  },
  invalid_redirect_uri: {
    code: 'SALLYPORT_E_REDIRECT_URI',
    sentence: 'The redirect URI is not one that is registered for this client.',
  },
  invalid_request: { code: 'SALLYPORT_E_REQUEST', sentence: 'The request is malformed.' },
  invalid_request_uri: {
    code: 'SALLYPORT_E_PUSHED_REQUEST',
    sentence: 'The request_uri is not known here, has ended, or was used before: push the request again.',
  },
  invalid_scope: {
    code: 'SALLYPORT_E_SCOPE',
    sentence: 'Ask only for scopes that the resource offers and, when refreshing, that were granted before.',
  },
  invalid_target: {
    code: 'SALLYPORT_E_RESOURCE',
    sentence: 'Send resource with the identifier of one MCP server that is registered here.',
  },
  invalid_token: { code: 'SALLYPORT_E_TOKEN', sentence: 'The token is not valid.' },
  login_required: {
    code: 'SALLYPORT_E_LOGIN_REQUIRED',
    sentence: 'A person has to sign in first: send the request without prompt=none.',
  },
  temporarily_unavailable: {
    code: 'SALLYPORT_E_UNAVAILABLE',
    sentence: 'The server cannot answer right now: try again in a few seconds.',
  },
  unmet_authentication_requirements: {
    code: 'SALLYPORT_E_AUTHENTICATION_CLASS',
    sentence: 'Nobody can sign in here as acr_values asks: ask for one of the acr_values_supported of the metadata.',
  },
  unauthorized_client: { code: 'SALLYPORT_E_CLIENT_NOT_ALLOWED', sentence: 'The client may not do this.' },
  unsupported_grant_type: {
    code: 'SALLYPORT_E_GRANT_TYPE',
    sentence: 'Use one of the grant types that the metadata of this server lists.',
  },
  unsupported_token_type: {
    code: 'SALLYPORT_E_TOKEN_NOT_REVOCABLE',
    sentence:
      'A token of this kind cannot be revoked by itself: it ends within minutes, or with the grant it was made from.',
  },
  unsupported_response_type: { code: 'SALLYPORT_E_RESPONSE_TYPE', sentence: 'Use response_type=code.' },
  unsupported_response_mode: { code: 'SALLYPORT_E_RESPONSE_MODE', sentence: 'Leave response_mode out or use query.' },
  use_dpop_nonce: {
    code: 'SALLYPORT_E_DPOP_NONCE',
    sentence: 'Send the request once more, with a DPoP proof that holds the nonce of the DPoP-Nonce header.',
  },
  request_not_supported: {
    code: 'SALLYPORT_E_REQUEST_OBJECT',
    sentence: 'Request objects are not supported: send plain parameters.',
  },
  request_uri_not_supported: {
    code: 'SALLYPORT_E_REQUEST_URI',
    sentence: 'Only the request_uri of a request that was pushed here is taken: push it, or send plain parameters.',
  },
  registration_not_supported: {
    code: 'SALLYPORT_E_REGISTRATION_PARAMETER',
    sentence: 'Register at the registration endpoint.',
  },
}

/** What a page says of a client document, whatever was wrong with it; the log has the reason. */
export const CLIENT_DOCUMENT_UNUSABLE: ErrorEntry = {
  code: 'SALLYPORT_E_CLIENT_DOCUMENT',
  sentence: "The app's client metadata document cannot be had, or does not say what it must.",
}

/** What a refusal with 429 says. */
export const LIMITED: ErrorEntry = {
  code: 'SALLYPORT_E_LIMIT',
  sentence: 'Too many requests: try again when Retry-After has passed.',
}

const UNEXPECTED: ErrorEntry = {
  code: 'SALLYPORT_E_INTERNAL',
  sentence: 'Something went wrong here. The operator finds it by the correlation id.',
}

/** The entry of an OAuth error; anything unknown is an internal error, because unknown means that nobody thought about it. */
export function errorEntry(error: string): ErrorEntry {
  return CATALOGUE[error] ?? UNEXPECTED
}

/** Sentences of the engine that say less than ours. */
const GENERIC = new Set([
  'grant request is invalid',
  'client authentication failed',
  'oops! something went wrong',
  'resource indicator is missing, or unknown',
  'invalid token provided',
  'client is invalid',
  'unsupported grant_type requested',
  'unsupported response_type requested',
  'unsupported response_mode requested',
  // Said of a max_age that is not a number: nothing here needs openid.
  'openid scope must be requested when using the max_age parameter',
])

/** The engine's own sentence where it says which parameter is wrong, else ours. */
export function describeError(error: string, description: string | undefined): string {
  return description === undefined || GENERIC.has(description) ? errorEntry(error).sentence : description
}

/** Every entry, for the reference. */
export function allErrors(): readonly (ErrorEntry & { readonly error: string })[] {
  return [
    ...Object.entries(CATALOGUE).map(([error, entry]) => ({ error, ...entry })),
    { error: 'server_error', ...UNEXPECTED },
  ]
}
