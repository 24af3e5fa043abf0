/** Members of RFC 7591 and OpenID Connect registration, and what the engine knows beside. */
export const MEMBERS = [
  ...['client_id', 'client_secret', 'client_secret_expires_at', 'client_id_issued_at', 'client_name', 'client_uri'],
  ...['redirect_uris', 'response_types', 'grant_types', 'application_type', 'contacts', 'logo_uri', 'policy_uri'],
  ...['tos_uri', 'jwks', 'jwks_uri', 'scope', 'software_id', 'software_version', 'software_statement', 'subject_type'],
  ...['sector_identifier_uri', 'default_max_age', 'require_auth_time', 'default_acr_values', 'initiate_login_uri'],
  ...['request_uris', 'post_logout_redirect_uris', 'backchannel_logout_uri', 'dpop_bound_access_tokens'],
  ...[
    'require_pushed_authorization_requests',
    'response_modes',
    'authorization_details_types',
    'tls_client_auth_san_ip',
  ],
  ...['token_endpoint_auth_method', 'token_endpoint_auth_signing_alg', 'id_token_signed_response_alg'],
  ...['userinfo_signed_response_alg', 'introspection_signed_response_alg', 'authorization_signed_response_alg'],
  ...['request_object_signing_alg', 'id_token_encrypted_response_alg', 'id_token_encrypted_response_enc'],
  ...['userinfo_encrypted_response_alg', 'introspection_encrypted_response_alg', 'request_object_encryption_alg'],
  ...['authorization_encrypted_response_alg', '__proto__', 'constructor', 'toString', 'sallyport_source'],
]

/** What nobody would write there. */
export const VALUES: readonly unknown[] = [
  ...[null, true, 0, -1, 1e308, '', 'HS256', 'A128KW', 'a\0b', '\ud800', '__proto__', [], [[]], [null], ['a\0b']],
  ...[{}, { toString: 1 }, { toString: null, valueOf: null }, { length: 1 }, { 0: 'a', length: -1 }, { keys: [{}] }],
  ...[{ keys: [{ kty: { toString: 1 } }] }],
]
