import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { secret } from '../../src/config/secret.ts'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { createBrowser } from '../setup/browser.ts'
import { approve, authorization, redeem, register } from '../setup/flow.ts'
import { createProofKey, type ProofKey, showing } from '../setup/proof-key.ts'

const ASKED = { status: 400, body: { error: 'use_dpop_nonce', error_code: 'SALLYPORT_E_DPOP_NONCE' } }

let server: TestServer
let strict: TestServer
let key: ProofKey
const browser = createBrowser()
beforeAll(async () => {
  server = await startTestServer()
  strict = await startTestServer({ sharing: server, settings: { mode: 'serve', dpop: { requireNonce: true } } })
  key = await createProofKey()
})
afterAll(async () => {
  await strict.close()
  await server.close()
})

async function newCode() {
  const request = authorization(server, await register(server))
  const { code } = await approve(server, request, {}, browser)
  return { request, code }
}

const nonceOf = (answer: { headers: Headers }): string => answer.headers.get('dpop-nonce') ?? ''

describe('where proofs must hold a nonce', () => {
  it('a proof without one is asked for it, and the code is good for the second try (AS-DPOP-04, A143)', async () => {
    const { request, code } = await newCode()
    const asked = await redeem(strict, request, code, {}, await showing(strict, key))
    expect(asked).toMatchObject(ASKED)
    expect(nonceOf(asked)).toMatch(/^[\w-]{43}$/)
    const proof = await showing(strict, key, { claims: { nonce: nonceOf(asked) } })
    expect(await redeem(strict, request, code, {}, proof)).toMatchObject({ status: 200, body: { token_type: 'DPoP' } })
  })

  it('a clock that is wrong does no harm (AS-DPOP-04, RFC 9449 §4.3)', async () => {
    const { request, code } = await newCode()
    const asked = await redeem(strict, request, code, {}, await showing(strict, key, { claims: { iat: -4_000 } }))
    expect(asked).toMatchObject(ASKED)
    const proof = await showing(strict, key, { claims: { iat: -4_000, nonce: nonceOf(asked) } })
    expect((await redeem(strict, request, code, {}, proof)).status).toBe(200)
  })

  it('a request without any proof gets a Bearer token, as before', async () => {
    const { request, code } = await newCode()
    expect(await redeem(strict, request, code)).toMatchObject({ status: 200, body: { token_type: 'Bearer' } })
  })
})

describe('a nonce', () => {
  it.each(['made up', 'x'.repeat(43)])(
    'that is "%s" is answered with one that is good (A143, AS-DPOP-04)',
    async (nonce) => {
      for (const each of [server, strict]) {
        const { request, code } = await newCode()
        const asked = await redeem(each, request, code, {}, await showing(each, key, { claims: { nonce } }))
        expect(asked).toMatchObject(ASKED)
        const proof = await showing(each, key, { claims: { nonce: nonceOf(asked) } })
        expect((await redeem(each, request, code, {}, proof)).status).toBe(200)
      }
    },
  )

  it('comes with every answer to a proof that holds none, so that the next one can', async () => {
    const { request, code } = await newCode()
    const tokens = await redeem(server, request, code, {}, await showing(server, key))
    expect(tokens.status).toBe(200)
    expect(nonceOf(tokens)).toMatch(/^[\w-]{43}$/)
  })

  it('comes with the refusal of a proof whose time is wrong, so that a wrong clock can be helped (A142, A143)', async () => {
    const { request, code } = await newCode()
    const refused = await redeem(server, request, code, {}, await showing(server, key, { claims: { iat: 4_000 } }))
    expect(refused.body.error).toBe('invalid_dpop_proof')
    const proof = await showing(server, key, { claims: { iat: 4_000, nonce: nonceOf(refused) } })
    expect((await redeem(server, request, code, {}, proof)).status).toBe(200)
  })

  it('of one process is good at every other, also while they disagree on the encryption key in use (A143)', async () => {
    const added = secret(randomBytes(32).toString('base64'))
    const { encryptionKeys } = server.settings
    const settings = { mode: 'serve', encryptionKeys: [added, ...encryptionKeys] } as const
    const ahead = await startTestServer({ sharing: server, settings })
    const behind = await startTestServer({
      sharing: server,
      settings: { ...settings, encryptionKeys: [...encryptionKeys, added] },
    })
    for (const [from, to] of [
      [ahead, behind],
      [behind, ahead],
      [server, ahead],
    ] as const) {
      const { request, code } = await newCode()
      const asked = await redeem(from, request, code, {}, await showing(from, key, { claims: { nonce: 'x' } }))
      const proof = await showing(to, key, { claims: { nonce: nonceOf(asked) } })
      expect((await redeem(to, request, code, {}, proof)).status).toBe(200)
    }
    await ahead.close()
    await behind.close()
  })

  it('can be read by scripts of other origins (AS-TK-13)', async () => {
    const { request, code } = await newCode()
    const headers = { ...(await showing(server, key)), Origin: 'https://app.example' }
    const tokens = await redeem(server, request, code, {}, headers)
    expect(tokens.headers.get('access-control-expose-headers')).toContain('DPoP-Nonce')
    expect(nonceOf(tokens)).not.toBe('')
    const preflight = await fetch(`${server.issuer}/token`, {
      method: 'OPTIONS',
      headers: {
        Origin: 'https://app.example',
        'Access-Control-Request-Method': 'POST',
        'Access-Control-Request-Headers': 'dpop',
      },
    })
    expect(preflight.headers.get('access-control-allow-headers')).toContain('dpop')
  })
})
