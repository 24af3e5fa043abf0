import type { CodeMeanings } from './code-meaning.ts'

/** Printed, logged or thrown in an MCP server that uses the resource kit. Keep the order of the alphabet. */
export const KIT_CODES: CodeMeanings = {
  SALLYPORT_E_BODY_TOO_LARGE: {
    means: 'The body of a call is larger than the guard reads.',
    change: 'Send less in one call.',
  },
  SALLYPORT_E_BODY_UNREADABLE: {
    means: 'The body of a call is not JSON in UTF-8, or it repeats a key.',
    change: 'Send one JSON value with distinct keys; two readers must not read two different calls.',
  },
  SALLYPORT_E_CALL_DENIED: {
    means: 'A tool of class destructive or admin, or one that the tools file does not list, was called.',
    change: 'List the tool with its class in the tools file; destructive and admin calls stay refused.',
  },
  SALLYPORT_E_CLIENT_KEY: {
    means:
      'The `client.key` given to `protect` cannot sign: a public key, a shared secret, PEM, a file that is not there.',
    change: 'Give the private JSON Web Key that `sallyport resource add` wrote.',
  },
  SALLYPORT_E_CLIENT_KEY_EXPOSED: {
    means: "Other users of the machine can read the file of the client's private key.",
    change: 'chmod 600, or mount the secret for the user of this server alone.',
  },
  SALLYPORT_E_EXCHANGE_ARGUMENTS: {
    means:
      '`guard.exchange` was asked for this very server, for what is no resource identifier, or for an empty scope.',
    change: 'Name the downstream resource, and the scopes of the call or none at all.',
  },
  SALLYPORT_E_EXCHANGE_BAD_ANSWER: {
    means: 'The token endpoint answered with something other than what was asked for, more scope for example.',
    change: 'Read the reason in the log; the issuer must answer as RFC 8693 says.',
  },
  SALLYPORT_E_EXCHANGE_INVALID_CLIENT: {
    means: 'The issuer does not know this client and key as the owner of this resource.',
    change: 'Give `protect` the id and key that `sallyport resource add` made for this resource; compare the clocks.',
    oauth: 'invalid_client',
  },
  SALLYPORT_E_EXCHANGE_INVALID_GRANT: {
    means: 'What the person granted was revoked or has ended.',
    change: 'Nothing: the person signs in again.',
    oauth: 'invalid_grant',
  },
  SALLYPORT_E_EXCHANGE_INVALID_SCOPE: {
    means: 'Nothing of what was asked for is both held by the access token and known to the downstream resource.',
    change: 'Ask for a scope that both tools files have and that the tool itself needs.',
    oauth: 'invalid_scope',
  },
  SALLYPORT_E_EXCHANGE_INVALID_TARGET: {
    means: 'The issuer does not exchange tokens of this resource for that one.',
    change: 'Register the downstream resource with `--exchange-from` and the id of this one.',
    oauth: 'invalid_target',
  },
  SALLYPORT_E_EXCHANGE_NO_CLIENT: {
    means: '`guard.exchange` was called, and the guard has no client to sign in with.',
    change: 'Give `protect` a `client`, or set SALLYPORT_CLIENT_ID and SALLYPORT_CLIENT_KEY_FILE.',
  },
  SALLYPORT_E_EXCHANGE_REFUSED: {
    means: 'The issuer refused the exchange with another OAuth error, which the message names.',
    change: "Look the error up in the issuer's log.",
  },
  SALLYPORT_E_EXCHANGE_UNAVAILABLE: {
    means: 'The issuer does not answer, or says that it is in trouble.',
    change: 'Try again; when it stays, check that this server reaches the issuer.',
    oauth: 'temporarily_unavailable',
  },
  SALLYPORT_E_EXCHANGE_UNKNOWN_ACCESS: {
    means: 'The guard has no token for this access: expired, of another guard, or pushed out by newer ones.',
    change: 'Exchange while the call that brought the token is being answered, with the access of that call.',
  },
  SALLYPORT_E_EXCHANGE_UNSUPPORTED: {
    means: "The issuer's metadata has no token endpoint that credentials may be sent to.",
    change: 'Use an issuer whose token endpoint is https, or on loopback like the issuer itself.',
  },
  SALLYPORT_E_FOREIGN_HOST: {
    means: 'The Host header names another server: DNS rebinding, or a proxy that rewrites it.',
    change: 'Have the proxy pass the Host header, or add its spelling to `allowedHosts`.',
    oauth: 'invalid_request',
  },
  SALLYPORT_E_FOREIGN_ORIGIN: {
    means: 'A web page of another origin calls.',
    change: 'Add the origin to `allowedOrigins` if it is one of yours.',
    oauth: 'access_denied',
  },
  SALLYPORT_E_HEADER_MISMATCH: {
    means: 'A header repeats what the body says, and the two differ.',
    change: 'Send in the headers what the body says; what stands between client and server may rely on them.',
  },
  SALLYPORT_E_INSUFFICIENT_SCOPE: {
    means: 'The token is good and lacks scopes that the tool needs; the answer names all of them.',
    change: 'Nothing: the client asks the person for them (step-up) and calls again.',
    oauth: 'insufficient_scope',
  },
  SALLYPORT_E_ISSUER_UNAVAILABLE: {
    means: "The issuer's metadata or keys cannot be had, so that no token can be judged; callers get 503.",
    change: 'Check that this server reaches the issuer, its address byte for byte, and its certificate.',
    oauth: 'temporarily_unavailable',
  },
  SALLYPORT_E_ISSUER_URL: {
    means: 'The `issuer` given to `protect` is not an https URL without query and fragment.',
    change: "Copy the issuer from the server's metadata, without a slash at the end.",
  },
  SALLYPORT_E_MALFORMED_CREDENTIALS: {
    means: 'The Authorization header is not one Bearer token.',
    change: 'Send `Authorization: Bearer` and one token, once.',
    oauth: 'invalid_request',
  },
  SALLYPORT_E_METHOD_NOT_ALLOWED: {
    means: 'The MCP endpoint is not used with this HTTP method.',
    change: 'Use a method of the `Allow` header.',
    oauth: 'invalid_request',
  },
  SALLYPORT_E_NOT_JSON_RPC: {
    means: 'The body is JSON and not a JSON-RPC message.',
    change: 'Send what MCP sends.',
  },
  SALLYPORT_E_NO_CREDENTIALS: {
    means: 'A request without a token: how every first login begins.',
    change: 'Nothing: the challenge tells the client where to ask.',
  },
  SALLYPORT_E_NO_REVOCATIONS: {
    means: "The issuer's metadata names no feed of revocations: what is taken back ends with its tokens, not before.",
    change: 'Nothing, where short access tokens are enough; Sallyport names its feed by itself.',
  },
  SALLYPORT_E_OPTIONS: {
    means: 'An option of `protect` is not what it should be.',
    change: 'Correct the option that the message names.',
  },
  SALLYPORT_E_RESOURCE_URI: {
    means: 'The `resource` given to `protect` is not a resource identifier.',
    change: 'Give the URL of the MCP endpoint as clients type it, without fragment.',
  },
  SALLYPORT_E_REVOCATIONS_UNAVAILABLE: {
    means:
      "The issuer's feed of revocations cannot be had, or cannot be believed. After a minute, calls above reading get 503.",
    change: 'Check that this server reaches the address in the detail, and that both clocks are right.',
    oauth: 'temporarily_unavailable',
  },
  SALLYPORT_E_STDIO: {
    means: '`protect` was called without an http or https URL: over stdio there is no OAuth.',
    change: 'Leave `protect` out of a stdio server; credentials come from its environment.',
  },
  SALLYPORT_E_TOKEN_ALGORITHM: {
    means: 'The token is signed with an algorithm that is not accepted; symmetric ones and `none` never are.',
    change: 'Have the issuer sign with ES256 or EdDSA.',
  },
  SALLYPORT_E_TOKEN_AUDIENCE: {
    means: 'The token is for another server, or for several. The log shows its `aud`.',
    change: 'Make `resource` of `protect` and the registered identifier the same, character by character.',
  },
  SALLYPORT_E_TOKEN_CLAIM: {
    means: 'A claim that every access token has is missing or of the wrong kind.',
    change: 'Look at the claim in the log; the issuer must write RFC 9068 tokens.',
  },
  SALLYPORT_E_TOKEN_CRITICAL_HEADER: {
    means: 'The token says that an extension of its header must be understood, and none is.',
    change: 'Have the issuer write no `crit`.',
  },
  SALLYPORT_E_TOKEN_EXPIRED: {
    means: 'The token has expired.',
    change: 'Nothing: the client refreshes. When new tokens are refused, compare the clocks.',
  },
  SALLYPORT_E_TOKEN_IN_QUERY: {
    means: 'The token came in the URL, where logs and histories keep it; it counts as not sent.',
    change: 'Send it in the Authorization header.',
  },
  SALLYPORT_E_TOKEN_ISSUER: {
    means: 'The token is of another issuer. The log shows its `iss`.',
    change: 'Make `issuer` of `protect` the one of the token, byte for byte.',
  },
  SALLYPORT_E_TOKEN_NOT_AN_ACCESS_TOKEN: {
    means: 'The token has claims of an ID token or a logout token.',
    change: 'Have the client send its access token.',
  },
  SALLYPORT_E_TOKEN_NOT_A_JWT: {
    means: 'The token is not a JWT: opaque, or cut off.',
    change: 'Have the issuer write JWT access tokens.',
  },
  SALLYPORT_E_TOKEN_NOT_YET_VALID: {
    means: 'The token was issued in the future of this machine.',
    change: 'Synchronise the clocks.',
  },
  SALLYPORT_E_TOKEN_OWN_KEY: {
    means: 'The token brings the key it is to be checked with: a forgery.',
    change: 'Find out where it comes from.',
  },
  SALLYPORT_E_TOKEN_REVOKED: {
    means:
      'The grant of the token was ended: by the person, the client, an operator, or because something was replayed.',
    change: 'Nothing here. The client signs in again, if the person still wants it to.',
    oauth: 'invalid_token',
  },
  SALLYPORT_E_TOKEN_PROOF: {
    means:
      'The token is bound to a key, and its DPoP proof is missing, was presented before, or is for another request.',
    change:
      'Have the client make one proof for each request; compare the clocks, and the URL it proves with `resource`.',
  },
  SALLYPORT_E_TOKEN_SENDER_CONSTRAINED: {
    means:
      'The token is bound to a key and came as a bearer token or with a proof by another key, or it is bound to none and came as DPoP.',
    change:
      'Have the client send what it was issued: `token_type` says as what. A bound token without its key is stolen.',
  },
  SALLYPORT_E_TOKEN_SIGNATURE: {
    means: 'The signature does not fit the key: altered, or of another key with the same id.',
    change: 'Find out where it comes from; after a restore of the database, check that the issuer kept its keys.',
  },
  SALLYPORT_E_TOKEN_TOO_LARGE: {
    means: 'The token is larger than any access token.',
    change: 'Find out where it comes from.',
  },
  SALLYPORT_E_TOKEN_TYPE: {
    means: 'The header does not say `typ: at+jwt`.',
    change: "For an issuer that does not write it, `accept: { typ: ['JWT'] }`; its comment says what is lost.",
  },
  SALLYPORT_E_TOKEN_UNKNOWN_KEY: {
    means: 'The issuer publishes no key of that id.',
    change: 'Check that the token is of this issuer; a withdrawn key is dead after five minutes.',
  },
  SALLYPORT_E_TOOLS_INVALID: {
    means: 'The tools file has problems, all of which the message lists.',
    change: 'Correct them in the tools file.',
  },
  SALLYPORT_E_TOOLS_MISSING: {
    means: '`protect` was not told what the tools do.',
    change: 'Save the tools file of the message and put your tools in.',
  },
  SALLYPORT_E_TOOLS_UNREADABLE: {
    means: 'The tools file cannot be read.',
    change: 'Correct the path, which starts at the working directory.',
  },
}
