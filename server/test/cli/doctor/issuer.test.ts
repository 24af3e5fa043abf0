import { afterEach, describe, expect, it } from 'vitest'
import { checkIssuer, checkPlainHttp, metadataAddresses } from '../../../src/cli/doctor/issuer-checks.ts'
import type { Outside } from '../../../src/cli/doctor/outside.ts'
import { ISSUER, type Scene, setScene } from './examining.ts'
import { GOOD_PROXY } from './tls-proxy.ts'

let scene: Scene | undefined
afterEach(async () => {
  await scene?.close()
  scene = undefined
})

describe('a server that is well', () => {
  it('has nothing but good findings of the issuer, seen through its proxy over TLS', async () => {
    scene = await setScene()
    const { all } = await scene.look()
    const byId = Object.fromEntries(all.map(({ id, verdict, detail }) => [id, `${verdict}: ${detail}`]))
    expect(byId).toEqual({
      settings: 'ok: the settings are good',
      database: expect.stringMatching(/^ok: PostgreSQL \d+\.\d+ .*answers$/),
      migrations: 'ok: every step is applied',
      // The role of the tests is the cluster's own.
      'database-rights': expect.stringMatching(/^(?:warn: the user may do anything|ok: the user may read)/),
      clock: 'ok: this clock and that of the issuer agree',
      keys: 'ok: every signing key opens: one generation',
      issuer: `ok: ${ISSUER} answers and names itself`,
      endpoints: expect.stringMatching(/^ok: all \d+ addresses of the metadata are below the issuer$/),
      discovery: 'ok: the metadata is at all 2 addresses that clients try',
      certificate: expect.stringMatching(/^ok: trusted, and good for \d+ more days$/),
      jwks: 'ok: one key is published, those of this database',
      'plain-http': 'ok: nothing answers over plain http',
      'proxy-headers':
        'ok: the proxy 127.0.0.1 says who calls (198.51.100.7); a forged X-Forwarded-For was not believed',
    })
    for (const { verdict, remedy } of all) expect(remedy === undefined).toBe(verdict === 'ok')
  })
})

describe('an issuer', () => {
  it('that names itself otherwise than the settings is found out, byte for byte', async () => {
    scene = await setScene()
    const { of } = await scene.look({}, { issuer: 'https://auth.example/tenant' })
    expect(of('issuer')).toMatchObject([
      { verdict: 'fail', detail: expect.stringContaining('answers 404 and no metadata') },
    ])
    await scene.close()
    scene = await setScene({ settings: { issuer: 'https://auth.example:443' } })
    const other = await scene.look({}, { issuer: ISSUER })
    expect(other.of('issuer')).toMatchObject([
      {
        verdict: 'fail',
        detail: `the metadata names "https://auth.example:443" as issuer, and the settings "${ISSUER}"`,
      },
    ])
  })

  it('whose proxy rewrites addresses or keeps a path to itself is found out', async () => {
    scene = await setScene({
      habits: { ...GOOD_PROXY, body: (text) => text.replaceAll(`${ISSUER}/token`, 'http://10.0.0.5:9400/token') },
    })
    expect((await scene.look()).of('endpoints')).toMatchObject([
      { verdict: 'fail', detail: 'token_endpoint is http://10.0.0.5:9400/token, which is not below the issuer' },
    ])
    await scene.close()
    scene = await setScene({ habits: { ...GOOD_PROXY, missing: /openid-configuration|jwks/ } })
    const { of } = await scene.look()
    expect(of('discovery')).toMatchObject([
      { verdict: 'fail', detail: expect.stringContaining('openid-configuration answers 404') },
    ])
    expect(of('jwks')).toMatchObject([{ verdict: 'fail' }])
  })

  it('that does not answer leaves the rest unseen, and says so instead of calling it good', async () => {
    scene = await setScene({ habits: { missing: /./ } })
    const { all, of } = await scene.look()
    expect(of('issuer')).toMatchObject([
      { verdict: 'fail', detail: expect.stringContaining('answers 404 and no metadata') },
    ])
    for (const id of ['endpoints', 'discovery', 'jwks', 'proxy-headers'] as const) {
      expect(of(id)).toMatchObject([{ verdict: 'warn', detail: expect.stringContaining('could not be looked at') }])
    }
    expect(all.filter(({ verdict }) => verdict === 'fail')).toHaveLength(1)
  })

  it('whose certificate nobody trusts is found out', async () => {
    scene = await setScene()
    const { openEgress } = await import('./tls-proxy.ts').then(({ startTlsProxy }) =>
      startTlsProxy('http://127.0.0.1:1', {}),
    )
    const { of } = await scene.look({ openEgress }, { issuer: 'https://nobody.example' })
    expect(of('issuer')).toMatchObject([{ verdict: 'fail', detail: expect.stringContaining('no trusted TLS') }])
  })

  it('is looked for at every address that clients try', () => {
    expect(metadataAddresses(ISSUER)).toEqual([
      `${ISSUER}/.well-known/oauth-authorization-server`,
      `${ISSUER}/.well-known/openid-configuration`,
    ])
    expect(metadataAddresses(`${ISSUER}/t`)).toEqual([
      `${ISSUER}/.well-known/oauth-authorization-server/t`,
      `${ISSUER}/.well-known/openid-configuration/t`,
      `${ISSUER}/t/.well-known/openid-configuration`,
    ])
  })
})

/** Answers every address alike. */
function outsideOf(status: number, body: unknown, certificateEndsAt?: number): Outside {
  const answer = {
    kind: 'answer',
    status,
    headers: { get: () => undefined },
    body: Buffer.from(JSON.stringify(body)),
    address: '93.184.215.14',
    certificateEndsAt,
  } as const
  return { get: async () => ({ kind: 'answer', answer, inside: undefined }), close: async () => undefined }
}

describe('what only time or port 80 shows', () => {
  const settings = { issuer: ISSUER } as Parameters<typeof checkIssuer>[0]
  const metadata = { issuer: ISSUER, jwks_uri: `${ISSUER}/jwks`, keys: [{ kid: 'one' }] }

  it.each([
    { days: 15, verdict: 'ok' },
    { days: 14, verdict: 'warn' },
    { days: -1, verdict: 'warn' },
  ])('a certificate with $days days left is $verdict', async ({ days, verdict }) => {
    const ends = days * 86_400_000 + 1_000
    const { findings } = await checkIssuer(settings, outsideOf(200, metadata, ends), () => 0, ['one'])
    expect(findings.find(({ id }) => id === 'certificate')?.verdict).toBe(verdict)
  })

  it('a server that answers over plain http fails; a redirect or a refusal is well', async () => {
    expect((await checkPlainHttp(settings, outsideOf(200, metadata))).verdict).toBe('fail')
    expect((await checkPlainHttp(settings, outsideOf(301, 'moved'))).verdict).toBe('ok')
    expect((await checkPlainHttp(settings, outsideOf(404, { error: 'x' }))).verdict).toBe('ok')
  })
})
