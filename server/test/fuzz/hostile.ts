import fc from 'fast-check'
import { BODY_BYTES_MAX } from '../../src/http/request-body.ts'

const WORDS = [
  ...[
    '',
    ' ',
    '0',
    '-1',
    '1e999',
    'null',
    'undefined',
    'NaN',
    'true',
    '[]',
    '{}',
    '[object Object]',
    '__proto__',
    'constructor',
  ],
  ...[
    'a\0b',
    '\0',
    '\ud800',
    '\udfff\ud800',
    '\u202e',
    '\ufeff',
    '\u0085',
    '\u2028',
    'é',
    '💥',
    'ﬁ',
    '\r\nX-Injected: 1',
  ],
  ...['raw:%', 'raw:%zz', 'raw:%ff%fe', 'raw:%00', 'raw:%u0041', 'raw:+', 'raw:a&b=c', 'raw:=', 'raw:;', 'raw:%c0%af'],
  ...[
    "'; DROP TABLE grants; --",
    '<script>alert(1)</script>',
    '{{7*7}}',
    '#{7*7}',
    '<%= 1 %>',
    '../../etc/passwd',
    '%s%n',
  ],
  ...[
    'http://127.0.0.1:9401/mcp',
    'http://127.0.0.1',
    'http://[::1',
    'https://',
    'javascript:alert(1)',
    'urn:x',
    '//evil.example',
  ],
  ...[
    'https://client.example/app.json',
    'https://client.example/none.json',
    'https://169.254.169.254/a',
    'https://u:p@client.example/a',
  ],
  ...[
    'code',
    'token',
    'code token',
    'none',
    'login',
    'consent',
    'S256',
    'plain',
    'query',
    'fragment',
    'form_post',
    'web_message',
  ],
  ...[
    'authorization_code',
    'refresh_token',
    'client_credentials',
    'password',
    'implicit',
    'openid',
    'offline_access',
    'mcp:issue:read',
  ],
  ...['urn:ietf:params:oauth:grant-type:token-exchange', 'urn:ietf:params:oauth:grant-type:jwt-bearer', 'access_token'],
  ...[
    'urn:ietf:params:oauth:token-type:access_token',
    'urn:ietf:params:oauth:token-type:jwt',
    'urn:ietf:params:oauth:request_uri:x',
  ],
  ...[
    'eyJhbGciOiJub25lIn0.e30.',
    'eyJhbGciOiJub25lIn0.eyJpc3MiOiJhIn0.',
    '..',
    'e30.e30.e30',
    'a.b.c',
    'a.b.c.d.e',
    'W10.W10.W10',
  ],
  ...['{clientId}', '{clientId|nul}', '{pushed}', '{resource}', '{downstream}', '{consentUid}', '{anything}'],
]

/** One value where another was wanted. */
export const value: fc.Arbitrary<string> = fc.oneof(
  { weight: 10, arbitrary: fc.constantFrom(...WORDS) },
  { weight: 3, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  {
    weight: 2,
    arbitrary: fc.string({
      unit: fc.integer({ min: 0, max: 0xff_ff }).map((code) => String.fromCharCode(code)),
      maxLength: 10,
    }),
  },
  { weight: 1, arbitrary: fc.constantFrom(100, 1_024, 1_025, 4_096, 9_000).map((length) => 'a'.repeat(length)) },
  { weight: 1, arbitrary: fc.webUrl() },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(1_000, 1_001)
      .map((count) => Array.from({ length: count }, (_, at) => `s${at}`).join(' ')),
  },
)

/** Any JSON, as deep and as long as may be and a little beyond. */
export const json: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 6, arbitrary: fc.jsonValue({ maxDepth: 3, stringUnit: 'binary' }) },
  {
    weight: 2,
    arbitrary: fc.constantFrom<unknown>(
      null,
      [],
      {},
      '',
      0,
      true,
      [[]],
      [{}],
      { keys: [{ kty: 'EC' }] },
      'a\0b',
      '\ud800',
    ),
  },
  { weight: 1, arbitrary: fc.constantFrom(15, 16, 17, 2_000).map(nested) },
  { weight: 1, arbitrary: fc.constantFrom(10, 1_000, 20_000).map((length) => Array.from({ length }, () => 1)) },
)

function nested(depth: number): unknown {
  let inner: unknown = 1
  for (let at = 0; at < depth; at += 1) inner = at % 2 === 0 ? [inner] : { a: inner }
  return inner
}

/** A body that is whatever it is, a character a byte. */
export const body: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    '',
    '{',
    '[',
    '"',
    '{"a":',
    'null',
    '[]',
    '\0',
    '\xff\xfe',
    '\xef\xbb\xbf{}',
    '{"__proto__":{"a":1}}',
    '&&&',
    '=&=',
    'a=%',
  ),
  fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)), maxLength: 200 }),
  fc
    .constantFrom(BODY_BYTES_MAX - 2, BODY_BYTES_MAX - 1, BODY_BYTES_MAX, 3 * BODY_BYTES_MAX)
    .map((length) => `a=${'b'.repeat(length)}`),
  fc.constantFrom(99, 100, 101, 2_000).map((count) => Array.from({ length: count }, (_, at) => `p${at}=1`).join('&')),
  fc.constantFrom(16, 17, 5_000).map((depth) => '['.repeat(depth) + ']'.repeat(depth)),
)

/** Members of a JWT's header or claims, of any type. */
export const members: fc.Arbitrary<Record<string, unknown>> = fc.dictionary(
  fc.constantFrom(
    ...['alg', 'typ', 'kid', 'jwk', 'jku', 'x5c', 'x5u', 'crit', 'b64', 'zip', 'cty', 'enc'],
    ...[
      'iss',
      'sub',
      'aud',
      'exp',
      'iat',
      'nbf',
      'jti',
      'htm',
      'htu',
      'ath',
      'nonce',
      'act',
      'cnf',
      'scope',
      'client_id',
      'gid',
    ],
  ),
  fc.oneof(
    fc.constantFrom<unknown>(
      'none',
      'HS256',
      'ES256',
      'RS256',
      'EdDSA',
      'dpop+jwt',
      'at+jwt',
      'a\0b',
      '\ud800',
      '',
      0,
      -1,
      1e308,
      null,
      true,
    ),
    fc.constantFrom<unknown>(
      [],
      ['exp'],
      ['b64'],
      {},
      { kty: 'EC' },
      { kty: 'EC', crv: 'P-256', x: 'a', y: 'b' },
      { kty: 'oct', k: 'a' },
    ),
    json,
  ),
  { maxKeys: 3 },
)
