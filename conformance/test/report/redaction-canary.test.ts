import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { renderBadge } from '../../src/report/formats/badge.ts'
import { renderAnnotations, renderStepSummary } from '../../src/report/formats/github.ts'
import { renderHtml } from '../../src/report/formats/html.ts'
import { renderHuman } from '../../src/report/formats/human.ts'
import { renderJson } from '../../src/report/formats/json.ts'
import { renderJunit } from '../../src/report/formats/junit.ts'
import { renderSarif } from '../../src/report/formats/sarif.ts'
import { redactExchange, redactExchanges, redactText } from '../../src/report/redaction.ts'
import type { Report } from '../../src/report/report.ts'
import type { Exchange, Header } from '../../src/wire/message.ts'
import { checkReport, reportOf } from './sample-report.ts'

const b64 = (text: string): string => Buffer.from(text).toString('base64url')
const JWT = [
  b64(JSON.stringify({ alg: 'ES256', typ: 'at+jwt' })),
  b64(JSON.stringify({ iss: 'https://as.example', sub: 'canary-person-71', aud: 'https://mcp.example/mcp' })),
  'cAnArYsIgNaTuRe0123456789_-zyxwvutsrqponmlkjihgfedcba',
].join('.')
const OPAQUE = 'canary/7Qp+Zk3vX9mW2tB8nR4sL6yH1dF5gJ0c'
const PASSWORD = 'canary pass&word=9'

const MESSAGE: Exchange = {
  request: { method: 'POST', url: 'https://mcp.example/mcp', headers: [] },
  answer: { status: 200, headers: [], body: '{}', truncated: false },
}

const asked = (change: Partial<Exchange['request']>): Exchange => ({
  ...MESSAGE,
  request: { ...MESSAGE.request, ...change },
})
const answered = (body: string, headers: readonly Header[] = []): Exchange => ({
  ...MESSAGE,
  answer: { status: 400, headers, body, truncated: false },
})
const deep = (value: unknown): unknown => Array.from({ length: 40 }).reduce((inner) => ({ a: [inner] }), value)
const form = (name: string, secret: string): string => new URLSearchParams({ a: '1', [name]: secret }).toString()

/** Each place of an exchange that can hold a credential, without anything else that would give it away. */
const PLACES: readonly { readonly place: string; readonly plant: (secret: string) => Exchange }[] = [
  { place: 'a header of ordinary case', plant: (s) => asked({ headers: [['Authorization', `Bearer ${s}`]] }) },
  { place: 'a header of odd case and scheme', plant: (s) => asked({ headers: [['aUTHORIZATION', `bEARER  ${s}`]] }) },
  { place: 'a header without a scheme', plant: (s) => asked({ headers: [['authorization', s]] }) },
  {
    place: 'two credentials in one header',
    plant: (s) => asked({ headers: [['authorization', `Bearer abc, Bearer ${s}`]] }),
  },
  {
    place: 'Basic',
    plant: (s) => asked({ headers: [['authorization', `Basic ${Buffer.from(`id:${s}`).toString('base64')}`]] }),
  },
  { place: 'X-Api-Key', plant: (s) => asked({ headers: [['X-API-Key', s]] }) },
  { place: 'DPoP', plant: (s) => asked({ headers: [['dPoP', s]] }) },
  { place: 'a session', plant: (s) => asked({ headers: [['MCP-Session-Id', s]] }) },
  { place: 'a cookie', plant: (s) => asked({ headers: [['Cookie', `a=1; sid=${encodeURIComponent(s)}`]] }) },
  {
    place: 'a cookie that is set',
    plant: (s) => answered('', [['SET-Cookie', `sid=${encodeURIComponent(s)}; Path=/`]]),
  },
  { place: 'the query', plant: (s) => asked({ url: `https://mcp.example/mcp?${form('access_token', s)}` }) },
  {
    place: 'the query under an odd name',
    plant: (s) => asked({ url: `https://mcp.example/mcp?${form('X-Auth-Token', s)}` }),
  },
  { place: 'the user of a URL', plant: (s) => asked({ url: `https://id:${encodeURIComponent(s)}@mcp.example/mcp` }) },
  {
    place: 'the fragment of a redirect',
    plant: (s) => answered('', [['location', `https://c.example/cb#${form('access_token', s)}`]]),
  },
  {
    place: 'the code of a redirect',
    plant: (s) => answered('', [['location', `https://c.example/cb?${form('code', s)}`]]),
  },
  { place: 'a form', plant: (s) => asked({ body: form('client_secret', s) }) },
  ...['password', 'pw', 'code_verifier', 'client_assertion', 'device_code', 'csrf', 'request_uri'].map((name) => ({
    place: `a form beside a login, as ${name}`,
    plant: (s: string) => asked({ body: new URLSearchParams({ login: 'alice', [name]: s }).toString() }),
  })),
  {
    place: 'a pushed request that is opened',
    plant: (s) => asked({ url: `https://as.example/authorize?client_id=a&${form('request_uri', s)}` }),
  },
  {
    place: 'a page that moves on by itself',
    plant: (s) =>
      answered(`<meta http-equiv="refresh" content="0;url=https://c.example/cb?state=1&amp;${form('code', s)}">`),
  },
  {
    place: 'a field of a page',
    plant: (s) => answered(`<form method="post"><input type="hidden" name="code" value="${s}"></form>`),
  },
  { place: 'JSON', plant: (s) => answered(JSON.stringify({ refresh_token: s })) },
  { place: 'JSON forty levels down', plant: (s) => answered(JSON.stringify(deep({ id_token: s }))) },
  { place: 'a list under a name', plant: (s) => answered(JSON.stringify({ tokens: [1], access_token: ['x', s] })) },
  {
    place: 'JSON in a string of JSON',
    plant: (s) => answered(JSON.stringify({ text: JSON.stringify({ accessToken: s }) })),
  },
  { place: 'an event stream', plant: (s) => answered(`event: message\ndata: ${JSON.stringify({ password: s })}\n\n`) },
  { place: 'JSON that is cut', plant: (s) => answered(JSON.stringify({ a: 1, client_secret: s }).slice(0, -2)) },
]

/** What a server may tell of what it was sent, in another answer. */
const ECHOES: readonly { readonly echo: string; readonly write: (secret: string) => string }[] = [
  { echo: 'word for word', write: (s) => `unexpected ${s} here` },
  { echo: 'its first half', write: (s) => `invalid token ${s.slice(0, Math.ceil(s.length / 2))}…` },
  { echo: 'its last fourteen characters', write: (s) => `ends in ${s.slice(-14)}.` },
  { echo: 'in base64', write: (s) => `raw=${Buffer.from(s).toString('base64')}` },
  { echo: 'in base64url behind one sign', write: (s) => `dump ${b64(`:${s}`)}` },
  { echo: 'in base64 within a sentence', write: (s) => Buffer.from(`the token ${s} is bad`).toString('base64') },
  { echo: 'in hexadecimal', write: (s) => Buffer.from(s).toString('hex') },
  { echo: 'in capitals', write: (s) => s.toUpperCase() },
  { echo: 'as a URL writes it', write: (s) => encodeURIComponent(s) },
  { echo: 'as JSON writes it', write: (s) => JSON.stringify({ message: `got ${s}` }) },
  { echo: 'at the cut of what is shown', write: (s) => `${'.'.repeat(3_990)}${s}` },
]

/** Looked for without any part of the redaction: eight signs in a row of the secret or of one of its spellings. */
function leaks(text: string, secret: string): readonly string[] {
  const shifted = [0, 1, 2].map((n) =>
    Buffer.from(`${'\0'.repeat(n)}${secret}`)
      .toString('base64')
      .slice(n + 1, -4),
  )
  const spellings = [secret, encodeURIComponent(secret), Buffer.from(secret).toString('hex'), ...shifted]
  const low = text.toLowerCase()
  return spellings
    .map((spelling) => spelling.toLowerCase())
    .flatMap((spelling) => Array.from({ length: spelling.length - 7 }, (_, at) => spelling.slice(at, at + 8)))
    .filter((piece) => low.includes(piece))
}

function everyFormat(report: Report): string {
  return [
    renderHuman(report),
    renderJson(report),
    renderJunit(report),
    renderSarif(report, { version: '0' }),
    renderHtml(report),
    renderAnnotations(report),
    renderStepSummary(report),
    renderBadge(report),
  ].join('\n')
}

function shownBy(exchanges: readonly Exchange[], detail: string): string {
  const { evidence, text } = redactExchanges(exchanges)
  return everyFormat(
    reportOf([checkReport({ evidence, detail: text(detail) }), checkReport({ id: 'soft', verdict: 'warn', evidence })]),
  )
}

const SECRETS = [
  { kind: 'a JWT', secret: JWT },
  { kind: 'an opaque token', secret: OPAQUE },
]

describe.each(SECRETS)('no format shows $kind', ({ secret }) => {
  it.each(PLACES)('from $place', ({ plant }) => {
    expect(leaks(shownBy([plant(secret)], 'accepted'), secret)).toEqual([])
  })

  it.each(ECHOES)('that a later answer and a finding tell $echo', ({ write }) => {
    const sent = asked({ headers: [['authorization', `Bearer ${secret}`]] })
    const told = answered(write(secret), [
      ['www-authenticate', `Bearer error_description="${write(secret).slice(0, 2_000)}"`],
    ])
    const failed: Exchange = { request: MESSAGE.request, answer: undefined, error: `refused: ${write(secret)}` }
    expect(leaks(shownBy([told, sent, failed], `it said ${write(secret)}`), secret)).toEqual([])
  })
})

describe('redaction', () => {
  it('takes out a password that looks like words, where its name says so and where it is told again', () => {
    const text = shownBy(
      [asked({ body: form('password', PASSWORD) }), answered(`no such password: ${PASSWORD}`)],
      PASSWORD,
    )
    expect(text).not.toContain(PASSWORD)
    expect(text).not.toContain(encodeURIComponent(PASSWORD))
  })

  it('takes out any random secret at any of its places', () => {
    const secret = fc.stringMatching(/^[A-Za-z0-9._~+/-]{24,80}$/).filter((s) => /\d/.test(s) && /[a-z]/i.test(s))
    fc.assert(
      fc.property(secret, fc.constantFrom(...PLACES), fc.constantFrom(...ECHOES), (value, { plant }, { write }) => {
        expect(leaks(shownBy([plant(value), answered(write(value))], write(value)), value)).toEqual([])
      }),
      { numRuns: 100 },
    )
  })

  it('says of a token what a reader must know to believe a verdict, and not who it is about', () => {
    const { request } = redactExchange(asked({ headers: [['Authorization', `Bearer ${JWT}`]] }))
    expect(request).toContain(
      'Authorization: Bearer [token alg=ES256 typ=at+jwt iss=https://as.example aud=https://mcp.example/mcp]',
    )
    expect(request).not.toContain('canary-person')
  })

  it('leaves what is no secret: errors by name, codes of JSON-RPC, challenges, addresses', () => {
    const plain = [
      '{"jsonrpc":"2.0","error":{"code":-32001,"message":"Unknown tool"},"id":1}',
      '{"code":"invalid_token","error":"invalid_token","token_type":"Bearer"}',
      'Bearer error="invalid_token", error_description="The token expired at 2026-11-23", scope="mcp:issue:read", resource_metadata="https://mcp.example/.well-known/oauth-protected-resource/mcp"',
      'https://mcp.example/authorization/oauth-protected-resource/2025-11-25?resource=https%3A%2F%2Fmcp.example%2Fmcp',
    ]
    for (const text of plain) expect(redactText(text)).toBe(text)
  })

  it('leaves the name of the examiner when a check sent words instead of a token', () => {
    const exchange = asked({
      headers: [
        ['authorization', 'Bearer sallyport-examine-no-token'],
        ['user-agent', 'sallyport-examine/0.1.0'],
      ],
    })
    expect(redactExchange(exchange).request).toContain('user-agent: sallyport-examine/0.1.0')
  })

  it('cuts a long body only after the secrets are out of it', () => {
    const { response } = redactExchange(answered(`${'.'.repeat(3_995)}${JWT}`))
    expect(response).not.toContain('eyJ')
    expect(response.endsWith('…')).toBe(true)
  })

  it.each([
    { what: 'backslashes', body: '\\'.repeat(250_000) },
    { what: 'beginnings of tokens', body: '-eyJ'.repeat(60_000) },
    { what: 'nested lists', body: '['.repeat(250_000) },
    { what: 'open members', body: '"token":"'.repeat(27_000) },
    { what: 'fields that never end', body: '<input name='.repeat(20_000) },
    { what: 'words before a secret', body: 'token '.repeat(40_000) },
  ])('is not slowed down by a body of $what', ({ body }) => {
    const started = performance.now()
    redactExchange(answered(body))
    expect(performance.now() - started).toBeLessThan(2_000)
  })
})
