import type { CodeMeanings } from './code-meaning.ts'

/** Answers of the authorization server and lines of its log. Keep the order of the alphabet. */
export const SERVER_CODES: CodeMeanings = {
  SALLYPORT_E_ACCESS_DENIED: {
    means: 'The person pressed Deny, or nothing of what was asked may be granted.',
    change: 'Nothing, or ask for scopes that can be granted; the log has the reason.',
  },
  SALLYPORT_E_AUTHENTICATION_CLASS: {
    means: 'The client asks by `acr_values` for a sign-in that there is not here, or that the person cannot do.',
    change: 'Ask for one of `acr_values_supported` in the metadata; the person adds a passkey at `/account`.',
  },
  SALLYPORT_E_CLIENT: {
    means: 'The client is not known here, or its secret or method of authentication is wrong.',
    change: 'Register again, or give the client the secret and the method it was registered with.',
  },
  SALLYPORT_E_CLIENT_DOCUMENT: {
    means: 'The client id is a URL whose metadata document cannot be used. People are told no more than this.',
    change: 'See the log: the line with the same correlation id has one of the codes below and the reason.',
    oauth: 'invalid_client',
  },
  SALLYPORT_E_CLIENT_DOCUMENT_BLOCKED: {
    means: 'The host, the port or the address behind a client id may not be asked: it is not a public one.',
    change:
      'Nothing, if nobody knows the client; a client of your own needs a public https URL on port 443 or 8443. No setting opens what a client wrote, and the log says so: `setting` is `none`.',
  },
  SALLYPORT_E_CLIENT_DOCUMENT_DENIED: {
    means: 'The host of the document is on `clientDocuments.deniedHosts`. Nothing was fetched.',
    change: 'Nothing, if that is what you mean. `client remove` ends at once what its clients hold.',
  },
  SALLYPORT_E_CLIENT_DOCUMENT_GONE: {
    means: 'The URL answered 410: the client is no more. Its grants have been ended.',
    change: 'Nothing; to bring the client back, serve its document again and let people agree again.',
  },
  SALLYPORT_E_CLIENT_DOCUMENT_HOST: {
    means: 'Documents are taken from `clientDocuments.trustedHosts` alone, or not at all, and this host is not one.',
    change: 'Add the host to `clientDocuments.trustedHosts`, or set `clientDocuments.mode` to `open`.',
  },
  SALLYPORT_E_CLIENT_DOCUMENT_ID: {
    means: 'The `client_id` in the document is not, character by character, the URL it was fetched from.',
    change: 'Correct the document, or use the spelling of its `client_id`.',
  },
  SALLYPORT_E_CLIENT_DOCUMENT_JSON: {
    means: 'What the URL answered is not a JSON object in UTF-8.',
    change: 'Correct the document.',
  },
  SALLYPORT_E_CLIENT_DOCUMENT_KEYS: {
    means: 'The keys a client signs in with cannot be had, are too old, or hold a private one.',
    change:
      'See the reason in the log: correct `jwks`, or what `jwks_uri` answers. When nobody answered, `setting` names what would open the way.',
  },
  SALLYPORT_E_CLIENT_DOCUMENT_LIMIT: {
    means: 'One address made this server look at more documents than people would.',
    change: 'Find out who it is. Behind a proxy all have one address until `trustedProxies` names the proxy.',
    oauth: 'temporarily_unavailable',
  },
  SALLYPORT_E_CLIENT_DOCUMENT_METHOD: {
    means: 'The document wants a way of client authentication that this server does not offer.',
    change: 'Use `none` or `private_key_jwt`.',
  },
  SALLYPORT_E_CLIENT_DOCUMENT_NAME: {
    means: 'The document has no `client_name`, so that nobody could say who asks.',
    change: 'Add `client_name` to the document.',
  },
  SALLYPORT_E_CLIENT_DOCUMENT_REDIRECTS: {
    means: 'The `redirect_uris` of the document are missing, or one of them cannot be accepted.',
    change: 'Use https, http on loopback, or a private-use URI that `privateUseRedirects` lists.',
  },
  SALLYPORT_E_CLIENT_DOCUMENT_SECRET: {
    means: 'The document holds a client secret or relies on one. Everybody can read it.',
    change: 'Take the secret out of the document, and replace it wherever else it is used.',
  },
  SALLYPORT_E_CLIENT_DOCUMENT_STALE: {
    means: 'The document could not be had for 72 hours: grants made with it are not renewed until it is back.',
    change: 'Ask whoever runs the client; see the earlier lines about this client id for the reason.',
  },
  SALLYPORT_E_CLIENT_DOCUMENT_STATUS: {
    means: 'The URL answered something else than 200. Redirects are not followed.',
    change: 'Use the URL at which the document lies.',
  },
  SALLYPORT_E_CLIENT_DOCUMENT_TYPE: {
    means: 'The answer was not announced as JSON.',
    change: 'Serve the document as `application/json`.',
  },
  SALLYPORT_E_CLIENT_DOCUMENT_UNREACHABLE: {
    means: 'There was no complete answer: name, connection, TLS, time (2.5 s) or size (5 KiB).',
    change:
      'See the reason in the log, and beside it `host`, and `setting`: `egress.proxy` where your network lets requests out through a proxy alone, `egress.ca` where an authority of your own made the certificate, `none` where nothing here opens it.',
  },
  SALLYPORT_E_CLIENT_DOCUMENT_URL: {
    means: 'The client id has the form of no document URL: it needs https, a path, and the spelling of a parser.',
    change: 'Use an https URL with a path and without fragment, user name and dot segments, as a browser writes it.',
  },
  SALLYPORT_E_CLIENT_METADATA: {
    means: 'A registration asks for something that a client of this server cannot have.',
    change: 'Correct the member that `error_description` names.',
  },
  SALLYPORT_E_CLIENT_NOT_ALLOWED: {
    means: 'The client is known and authenticated, and may not use this grant or this endpoint.',
    change: 'Use a grant that the client is registered for, or register it anew.',
  },
  SALLYPORT_E_CONSENT_REQUIRED: {
    means: 'The request has `prompt=none` and a person would have to agree first.',
    change: 'Send the request without `prompt=none`.',
  },
  SALLYPORT_E_DPOP_NONCE: {
    means: 'The DPoP proof holds no nonce where `dpop.requireNonce` wants one, or one that is over.',
    change: 'Nothing: clients send the request again with the nonce of the `DPoP-Nonce` header, by themselves.',
  },
  SALLYPORT_E_DPOP_PROOF: {
    means:
      'A DPoP proof is missing, malformed, signed by an algorithm that the metadata does not list, made for another request, too old, or was used before.',
    change:
      'Make a new proof for each request; the log has the reason. Many of one client that were used before point at a theft.',
  },
  SALLYPORT_E_EGRESS: {
    means:
      'What another server was to say could not be had: the address is one that is not asked, or the answer was none.',
    change:
      'See the reason in the log, and beside it `host`, and `setting`: the one that would open the way, or `none`.',
  },
  SALLYPORT_E_FORM_TOKEN: {
    means: 'A form came without the token of its own page: from another site, or from a page of another interaction.',
    change: 'Open the page again and answer there; when people see it often, check that the proxy keeps cookies.',
    oauth: 'access_denied',
  },
  SALLYPORT_E_GRANT: {
    means:
      'The code or the refresh token is unknown, expired, used, of another client, or does not fit the rest of the request.',
    change: 'Start a new authorization. Many of these for one client point at a replay: see the log.',
  },
  SALLYPORT_E_GRANT_TYPE: {
    means: 'The token endpoint does not know this grant type.',
    change: 'Use one that the metadata lists in `grant_types_supported`.',
  },
  SALLYPORT_E_INTERACTION_EXPIRED: {
    means:
      'The sign-in or consent page is over: used, older than `lifetimes.interactionSeconds`, or of another browser.',
    change: 'Start again from the client. When it happens at once, check that the proxy passes and keeps cookies.',
    oauth: 'invalid_request',
  },
  SALLYPORT_E_INTERACTION_REQUIRED: {
    means: 'The request has `prompt=none` and a person would have to see a page first.',
    change: 'Send the request without `prompt=none`.',
  },
  SALLYPORT_E_INTERNAL: {
    means: 'Something happened that nobody thought about.',
    change: 'Find the line with the correlation id in the log of the server, and report it.',
  },
  SALLYPORT_E_KEY_SEALED: {
    means: 'A signing key in the database was sealed with an encryption key that is not configured; the server stops.',
    change: 'Add the encryption key it was sealed with to `SALLYPORT_ENCRYPTION_KEYS`, behind the newest.',
  },
  SALLYPORT_E_LIMIT: {
    means: 'More was asked than one source, one client from there, or one grant may ask in that time.',
    change:
      'Wait for `Retry-After`. When everybody meets it, see that `trustedProxies` names the proxy: without it all people are one source.',
    oauth: 'temporarily_unavailable',
  },
  SALLYPORT_E_LOGIN_REQUIRED: {
    means: 'The request has `prompt=none` and nobody is signed in in this browser.',
    change: 'Send the request without `prompt=none`.',
  },
  SALLYPORT_E_METHOD: {
    means: 'The address exists and is not used with this HTTP method.',
    change: 'Use a method of the `Allow` header.',
    oauth: 'invalid_request',
  },
  SALLYPORT_E_NOT_FOUND: {
    means: 'There is nothing at this address.',
    change: 'Take addresses from the metadata; behind a proxy, check that it forwards the path as it came.',
    oauth: 'not_found',
  },
  SALLYPORT_E_OVERLOADED: {
    means: 'More was asked of the process at once than it can do while callers wait; `part` in the log says of what.',
    change: 'Try again after `Retry-After`; when it goes on, add processes, or a faster database for `part` database.',
    oauth: 'temporarily_unavailable',
  },
  SALLYPORT_E_PASSKEY: {
    means: 'A passkey proved nobody, or could not be added. People are told no more than this.',
    change: 'See `why` in the line of the log; usually the person tries again, or the page was open for too long.',
  },
  SALLYPORT_E_PASSKEY_COPIED: {
    means: 'The counter of a passkey went back: somebody may have a copy of it. It is suspended.',
    change: 'Ask the person. They remove it at `/account` and add a new one, or you do by `sallyport passkeys remove`.',
  },
  SALLYPORT_E_PUSHED_REQUEST: {
    means:
      'A pushed authorization request is not there: it is a minute old, was used, or never was. Loading its page again does that.',
    change: 'Start again in the app, which pushes the request anew; the log says which of the three it was.',
  },
  SALLYPORT_E_REDIRECT_URI: {
    means: 'The redirect URI is not one of the client, compared character by character.',
    change: 'Register the exact URI, or send the registered one; only the port of a loopback address may differ.',
  },
  SALLYPORT_E_REGISTRATION_PARAMETER: {
    means: 'An authorization request carries a `registration` parameter.',
    change: 'Register at the registration endpoint first.',
  },
  SALLYPORT_E_REQUEST: {
    means: 'The request is malformed: a parameter is missing, repeated, or not what it should be.',
    change: 'Correct what `error_description` names.',
  },
  SALLYPORT_E_REQUEST_OBJECT: {
    means: 'The request carries a request object.',
    change: 'Send plain parameters.',
  },
  SALLYPORT_E_REQUEST_URI: {
    means: 'The request carries a `request_uri` that no request pushed here has. Nothing is fetched.',
    change: 'Push the request to the endpoint of the metadata, or send plain parameters.',
  },
  SALLYPORT_E_RESOURCE: {
    means: 'The request names no MCP server that is registered here, more than one, or not the one of its grant.',
    change: 'Send the identifier that `sallyport resource list` shows; write other spellings down as aliases.',
  },
  SALLYPORT_E_RESPONSE_MODE: {
    means: 'The request asks for an answer in another form than the query.',
    change: 'Leave `response_mode` out.',
  },
  SALLYPORT_E_RESPONSE_TYPE: {
    means: 'The request asks for another response type than `code`.',
    change: 'Use `response_type=code`.',
  },
  SALLYPORT_E_SCOPE: {
    means: 'A scope is not one of the resource, or was not granted before when refreshing.',
    change: "Ask for scopes of the resource's tools file; for more than was granted, start a new authorization.",
  },
  SALLYPORT_E_SIGN_IN: {
    means: 'Somebody typed a user name and password that do not match.',
    change: 'Nothing, unless many come from one address: then limit or block it in front of the server.',
  },
  SALLYPORT_E_SIGN_IN_LIMIT: {
    means: 'There were too many wrong passwords at a user name or from a source: the next one is not looked at.',
    change: 'Wait for `Retry-After`. From another source, where nobody mistyped, the right password works meanwhile.',
  },
  SALLYPORT_E_TOKEN: {
    means: 'A token that was presented to the server is not valid.',
    change: 'Get a new token.',
  },
  SALLYPORT_E_TOKEN_NOT_REVOCABLE: {
    means: 'The token was made by exchange out of a grant of another client, and cannot be taken back alone.',
    change: 'Wait until it ends, within minutes, or revoke the grant it was made from.',
  },
  SALLYPORT_E_SLOW: {
    means: 'The headers of a request were not there within 10 s of its beginning, or all of it within 15 s.',
    change:
      'Nothing, unless the network in between is that slow; a proxy that reads requests whole before it sends them on helps.',
    oauth: 'invalid_request',
  },
  SALLYPORT_E_TOO_LARGE: {
    means: 'The body of the request is larger than any request of a client, or it has more headers.',
    change: 'Send less; a proxy in front is no reason for it.',
    oauth: 'invalid_request',
  },
  SALLYPORT_E_UNAVAILABLE: {
    means: 'The server cannot answer right now, mostly because the database does not.',
    change: 'Try again after `Retry-After`; the operator looks at `/readyz` and at the log.',
  },
  SALLYPORT_W_PLAIN_HTTP: {
    means: 'The trusted proxy says in X-Forwarded-Proto that a person or client came by plain http to an https issuer.',
    change:
      'Let the proxy redirect http to https; behind a second proxy, let the inner one keep the header of the outer.',
  },
  SALLYPORT_W_PROXY_NOT_TRUSTED: {
    means:
      'A request carries X-Forwarded-For and comes from an address outside of `trustedProxies`; the header is not read.',
    change: 'If this is your proxy, add its network to `trustedProxies`; if not, nothing: somebody tried.',
  },
}
