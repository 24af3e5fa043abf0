import { createHmac } from 'node:crypto'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { afterEach, describe, expect, it } from 'vitest'
import type { Finding } from '../../src/check/finding.ts'
import { readCompact } from '../../src/issuer/compact.ts'
import type { ServerSubject } from '../../src/server/subject.ts'
import { tokenChecks } from '../../src/server/tokens/token-checks.ts'

import { type Json, type Rules, signedBy, soundRules } from './rules.ts'
import { type Bench, type Judge, jwtServer, startBench } from './tiny-server.ts'

const benches: Bench[] = []
afterEach(() => Promise.all(benches.splice(0).map((bench) => bench.close())))

const quickChecks = tokenChecks.filter(({ permission }) => permission === undefined)

/** Runs every check that needs no permission; answers what is neither sound nor not-applicable. */
async function complaints(judge: Judge, change: Partial<ServerSubject> = {}): Promise<Record<string, Finding['kind']>> {
  const bench = await startBench(judge, change)
  benches.push(bench)
  const found: Record<string, Finding['kind']> = {}
  for (const check of quickChecks) {
    const { kind } = await check.run(bench.subject)
    if (kind !== 'sound' && kind !== 'not-applicable') found[check.id] = kind
  }
  return found
}

const text = (value: unknown): string => String(value)
const secretOf = (secret: string) => (candidate: { input: string; signature: Buffer }) =>
  createHmac('sha256', secret).update(candidate.input).digest().equals(candidate.signature)
const anyAlgorithm = { algorithm: () => true }
const firstWins = (json: string): Json => {
  const members = [...json.matchAll(/"(aud|exp)":("[^"]*"|\d+)/g)].reverse()
  const first = Object.fromEntries(members.map(([, name, value]) => [name, JSON.parse(value ?? '') as unknown]))
  return { ...(JSON.parse(json) as Json), ...first }
}

/** One fault each, and exactly the checks that must speak up. */
const faults: readonly { fault: string; rules: Partial<Rules>; expected: Record<string, Finding['kind']> }[] = [
  {
    fault: 'ignores the audience',
    rules: { audience: () => true },
    expected: {
      'token-audience-other': 'faulty',
      'token-audience-missing': 'faulty',
      'token-audience-foreign-list': 'faulty',
      'token-audience-longer': 'faulty',
      'token-audience-contained': 'faulty',
      'token-audience-case': 'faulty',
      'token-audience-slash': 'doubtful',
      'token-audience-parent': 'faulty',
    },
  },
  {
    fault: 'takes a token without audience',
    rules: { audience: (aud, trust) => aud === undefined || soundRules.audience(aud, trust) },
    expected: { 'token-audience-missing': 'faulty' },
  },
  {
    fault: 'compares the beginning of the audience',
    rules: { audience: (aud, { audience }) => text(aud).startsWith(audience) },
    expected: { 'token-audience-longer': 'faulty', 'token-audience-slash': 'doubtful' },
  },
  {
    fault: 'compares the end of the audience',
    rules: { audience: (aud, { audience }) => text(aud).endsWith(audience) },
    expected: { 'token-audience-foreign-list': 'faulty', 'token-audience-contained': 'faulty' },
  },
  {
    fault: 'compares the audience in any case',
    rules: { audience: (aud, { audience }) => text(aud).toLowerCase() === audience.toLowerCase() },
    expected: { 'token-audience-case': 'faulty' },
  },
  {
    fault: 'evens out the slash of the audience',
    rules: { audience: (aud, { audience }) => text(aud).replace(/\/$/, '') === audience },
    expected: { 'token-audience-slash': 'doubtful' },
  },
  {
    fault: 'takes tokens for a parent',
    rules: { audience: (aud, { audience }) => aud !== '' && typeof aud === 'string' && audience.startsWith(aud) },
    expected: { 'token-audience-parent': 'faulty' },
  },
  {
    fault: 'ignores the issuer',
    rules: { issuer: () => true },
    expected: {
      'token-issuer-other': 'faulty',
      'token-issuer-look-alike': 'faulty',
      'token-issuer-slash': 'doubtful',
    },
  },
  {
    fault: 'compares the beginning of the issuer',
    rules: { issuer: (iss, trust) => text(iss).startsWith(trust.issuer) },
    expected: { 'token-issuer-look-alike': 'faulty', 'token-issuer-slash': 'doubtful' },
  },
  {
    fault: 'finds keys at the issuer that the token names',
    rules: {
      issuer: (iss, trust) => iss === trust.issuer || !text(iss).startsWith(trust.issuer),
      signature: async (candidate, trust) => {
        if (candidate.claims.iss === trust.issuer) return soundRules.signature(candidate, trust)
        const { keys } = (await (await fetch(`${text(candidate.claims.iss)}/jwks`)).json()) as { keys: Json[] }
        return signedBy(candidate, keys[0] ?? {})
      },
    },
    // The issuer's own name in capitals leads it to the issuer's own keys.
    expected: { 'token-issuer-unknown': 'faulty', 'token-issuer-slash': 'doubtful' },
  },
  {
    fault: 'ignores the type',
    rules: { type: () => true },
    expected: { 'token-logout-token': 'doubtful', 'token-type-plain': 'doubtful' },
  },
  {
    fault: 'takes a token for its client',
    rules: {
      type: (typ) => typ !== 'logout+jwt',
      audience: (aud, trust) => aud === 'sallyport-examine' || soundRules.audience(aud, trust),
    },
    expected: { 'token-id-token': 'faulty', 'token-type-plain': 'doubtful' },
  },
  {
    fault: 'takes alg none',
    rules: {
      algorithm: ({ header }) => header.alg === 'none' || header.alg === 'ES256',
      signature: (candidate, trust) => candidate.header.alg === 'none' || soundRules.signature(candidate, trust),
    },
    expected: { 'token-unsigned': 'faulty' },
  },
  {
    fault: 'skips an empty signature',
    rules: { signature: (each, trust) => each.signature.length === 0 || soundRules.signature(each, trust) },
    expected: { 'token-unsigned': 'faulty' },
  },
  {
    fault: 'takes the public JWK for a shared secret',
    rules: {
      ...anyAlgorithm,
      signature: (each, trust) =>
        each.header.alg === 'HS256'
          ? secretOf(JSON.stringify(trust.keys.find(({ kid }) => kid === each.header.kid)))(each)
          : soundRules.signature(each, trust),
    },
    expected: { 'token-public-key-as-secret': 'faulty' },
  },
  {
    fault: 'uses whatever key the key id names under ES256',
    rules: {
      signature: (each, { keys }) => signedBy(each, keys.find(({ kid }) => kid === each.header.kid) ?? {}),
    },
    expected: { 'token-wrong-curve': 'faulty' },
  },
  {
    fault: 'does not verify what a key of its own key id signed',
    rules: { signature: (each, { keys }) => keys.some(({ kid }) => kid === each.header.kid) },
    expected: {
      'token-unsigned': 'faulty',
      'token-stranger-key': 'faulty',
      'token-wrong-curve': 'faulty',
      'token-tampered': 'faulty',
      'token-truncated': 'faulty',
      'token-embedded-key': 'faulty',
    },
  },
  {
    fault: 'believes the key in the token',
    rules: {
      signature: (each, trust) =>
        each.header.jwk === undefined ? soundRules.signature(each, trust) : signedBy(each, each.header.jwk as Json),
    },
    expected: { 'token-embedded-key': 'faulty' },
  },
  {
    fault: 'follows jku, and then refuses',
    rules: {
      signature: async (each, trust) => {
        if (each.header.jku !== undefined) await fetch(text(each.header.jku))
        return soundRules.signature(each, trust)
      },
    },
    expected: { 'token-key-address': 'faulty' },
  },
  {
    fault: 'reads the key from the file that kid names',
    rules: {
      ...anyAlgorithm,
      signature: (each, trust) =>
        text(each.header.kid).endsWith('/dev/null') ? secretOf('')(each) : soundRules.signature(each, trust),
    },
    expected: { 'token-key-id-tricks': 'faulty' },
  },
  {
    fault: 'ignores expiry',
    rules: { expiry: (exp) => typeof exp === 'number' },
    expected: { 'token-expired': 'faulty' },
  },
  {
    fault: 'takes a token without an end',
    rules: { expiry: (exp, now) => exp === undefined || soundRules.expiry(exp, now) },
    expected: { 'token-without-expiry': 'faulty' },
  },
  {
    fault: 'compares the end as it comes',
    rules: { expiry: (exp, now) => exp !== undefined && !(Number(exp) <= now) },
    expected: { 'token-expiry-not-a-number': 'faulty' },
  },
  { fault: 'ignores nbf', rules: { begin: () => true }, expected: { 'token-not-yet-valid': 'faulty' } },
  { fault: 'ignores crit', rules: { critical: () => true }, expected: { 'token-critical-header': 'faulty' } },
  {
    fault: 'reads the first of two claims',
    rules: { parse: firstWins },
    expected: { 'token-duplicate-claims': 'faulty' },
  },
]

describe('the token checks', () => {
  it('find nothing in a sound server', async () => {
    expect(await complaints(jwtServer())).toEqual({})
  })

  it('find nothing but the type and the clock in a server that lets jose verify as most do', async () => {
    const judge: Judge = async (token, { issuer, audience }) => {
      const keys = createRemoteJWKSet(new URL(issuer.jwksUri))
      const wanted = { issuer: issuer.issuer, audience, requiredClaims: ['exp'] }
      return jwtVerify(token ?? '', keys, wanted).then(
        () => 200,
        () => 401,
      )
    }
    expect(await complaints(judge)).toEqual({
      'token-clock-ahead': 'doubtful',
      'token-logout-token': 'doubtful',
      'token-type-plain': 'doubtful',
    })
  })

  it.each(faults)('name the fault of a server that $fault, and no other', async ({ rules, expected }) => {
    expect(await complaints(jwtServer(rules))).toEqual(expected)
  })

  it('only doubt the audience at a server of the revision that knew none', async () => {
    const bench = await startBench(jwtServer({ audience: () => true }))
    benches.push(bench)
    const mcp = { ...bench.subject.mcp, revision: '2025-03-26' as const }
    const check = quickChecks.find(({ id }) => id === 'token-audience-other')
    expect(await check?.run({ ...bench.subject, mcp })).toMatchObject({ kind: 'doubtful' })
  })

  it('only doubt a parent audience where the examiner did not set the server up', async () => {
    const fault = faults.find(({ fault }) => fault === 'takes tokens for a parent')
    expect(await complaints(jwtServer(fault?.rules), { profile: 'trusting' })).toEqual({
      'token-audience-parent': 'doubtful',
    })
  })

  it('accuse nobody of taking tokens who asks for none', async () => {
    expect(new Set(Object.values(await complaints(async () => 200)))).toEqual(new Set(['incomplete']))
  })

  it('are incomplete, with the reason, where no token is known to be accepted', async () => {
    const bench = await startBench(async () => 401, { acceptedToken: undefined, whyNoToken: 'none was accepted' })
    benches.push(bench)
    for (const check of quickChecks) {
      expect(await check.run(bench.subject)).toEqual({ kind: 'incomplete', detail: 'none was accepted' })
    }
  })

  it('are incomplete where a sound token is no longer accepted', async () => {
    expect(new Set(Object.values(await complaints(async () => 401)))).toEqual(new Set(['incomplete']))
  })

  it('doubt a server that answers forgeries by an error of its own', async () => {
    const sound = jwtServer()
    const found = await complaints(async (token, trust) => ((await sound(token, trust)) === 200 ? 200 : 500))
    expect(new Set(Object.values(found))).toEqual(new Set(['doubtful']))
  })

  it('forge from one real token where the issuer is not the examiner’s, and judge nothing that needs its key', async () => {
    const sound = await complaints(jwtServer(), { issuer: undefined, profile: 'live' })
    expect(sound).toEqual({})
    const blind: Rules['signature'] = (each, { keys }) => keys.some(({ kid }) => kid === each.header.kid)
    const found = await complaints(jwtServer({ signature: blind }), { issuer: undefined, profile: 'live' })
    expect(found).toEqual({
      'token-unsigned': 'faulty',
      'token-stranger-key': 'faulty',
      'token-tampered': 'faulty',
      'token-truncated': 'faulty',
      'token-embedded-key': 'faulty',
    })
  })

  it('ask about a bound token only a server whose metadata names DPoP', async () => {
    const metadata = { url: 'x', document: { dpop_signing_alg_values_supported: ['ES256'] } }
    const judge = (): Judge => jwtServer({ binding: () => true })
    expect(await complaints(judge())).toEqual({})
    expect(await complaints(judge(), { metadata })).toEqual({ 'token-bound-as-bearer': 'faulty' })
    expect(await complaints(jwtServer(), { metadata })).toEqual({})
  })

  it('believe introspection where the server does, and find one that does not listen', async () => {
    const listening = introspecting(({ active, aud }, audience) => active === true && aud === audience)
    expect(await complaints(listening)).toEqual({})
    const deaf = introspecting(({ aud }, audience, token) => (aud ?? readCompact(token)?.claims.aud) === audience)
    expect(await complaints(deaf)).toMatchObject({ 'token-revoked': 'faulty', 'token-unsigned': 'faulty' })
  })

  it('warn of a server that keeps an answer about a token that was revoked', async () => {
    const kept = new Map<string, number>()
    const ask = introspecting(({ active, aud }, audience) => active === true && aud === audience)
    const judge: Judge = async (token = '', trust) => {
      const status = kept.get(token) ?? (await ask(token, trust))
      kept.set(token, status)
      return status
    }
    expect(await complaints(judge)).toEqual({ 'token-revoked': 'doubtful' })
  })
})

function introspecting(takes: (answer: Json, audience: string, token: string) => boolean): Judge {
  return async (token, { issuer, audience }) => {
    if (token === undefined) return 401
    const body = new URLSearchParams({ token })
    const answer = await fetch(`${issuer.issuer}/introspect`, { method: 'POST', body })
    return takes((await answer.json()) as Json, audience, token) ? 200 : 401
  }
}
