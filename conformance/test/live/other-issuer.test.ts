import { exportJWK, generateKeyPair } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RunningFixture, SOUND, startPlainServer } from '../../fixtures/sound/plain/plain-server.ts'
import type { Report } from '../../src/report/report.ts'
import { runKept } from '../setup/kept-console.ts'
import { type OpenProvider, openOidcProvider, PROVIDER_CLIENT } from '../setup/open-oidc-provider.ts'

const { id, secret, redirectUri } = PROVIDER_CLIENT
const CLIENT = JSON.stringify({ client_id: id, client_secret: secret, redirect_uri: redirectUri })

describe('live with an issuer that we did not write', () => {
  let provider: OpenProvider
  const running: RunningFixture[] = []
  beforeAll(async () => {
    const { privateKey } = await generateKeyPair('ES256', { extractable: true })
    provider = await openOidcProvider({
      jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: 'ES256', use: 'sig', kid: 'k1' }] },
      clientDefaults: { id_token_signed_response_alg: 'ES256' },
      features: {
        resourceIndicators: {
          enabled: true,
          useGrantedResource: () => true,
          getResourceServerInfo: (_, resource) => ({
            scope: 'notes:read notes:write',
            audience: resource,
            accessTokenFormat: 'jwt',
            accessTokenTTL: 300,
            jwt: { sign: { alg: 'ES256' } },
          }),
        },
      },
    })
  })
  afterAll(async () => {
    for (const server of running) await server.close()
    await provider.close()
  })

  const examine = async (does: Partial<typeof SOUND>, args: readonly string[]) => {
    const server = await startPlainServer({ issuer: provider.issuer, port: 0 }, { ...SOUND, ...does })
    running.push(server)
    const login = ['--login', 'form:alice', '--as', provider.issuer, '--password-env', 'PW', '--no-store']
    const { exitCode, files } = await runKept(
      ['server', server.url, '--rate', '500', '--json', 'r.json', '--client', 'client.json', ...login, ...args],
      { environment: { PW: 'any' }, files: { 'client.json': CLIENT } },
    )
    const report: Report = JSON.parse(files.get('r.json') ?? '{}')
    return { exitCode, report, of: (check: string) => report.checks.find((each) => each.id === check) }
  }

  it('finds a sound server sound', async () => {
    const { exitCode, report, of } = await examine({}, ['--other-resource', 'https://other.example/mcp'])
    expect(report.summary).toMatchObject({ fail: 0, incomplete: 0 })
    expect(of('token-audience-other')?.verdict).toBe('pass')
    expect(exitCode).toBe(0)
  })

  it('finds one that takes a real ID token', async () => {
    const lax: Partial<typeof SOUND> = { audience: () => true, type: () => true, scopesOf: () => ['notes:read'] }
    const { of } = await examine(lax, ['--only', 'token-id-token'])
    expect(of('token-id-token')).toMatchObject({
      verdict: 'fail',
      detail: 'it took a token that is an ID token for a client',
    })
  })
})
