import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { KEYS_AGE_MS } from '../../src/keys/key-ring.ts'
import { rotateSigningKeys } from '../../src/keys/rotation.ts'
import { createSealer } from '../../src/keys/sealing.ts'
import { basic, CONFIDENTIAL, giveResource, postForm, WITH_CONFIDENTIAL_CLIENTS } from '../setup/access-tokens.ts'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { refresh, signInAndRedeem } from '../setup/flow.ts'

let server: TestServer
let other: TestServer
beforeEach(async () => {
  server = await startTestServer(WITH_CONFIDENTIAL_CLIENTS)
  // At an address that is not the issuer's, which only development refuses.
  const settings = { ...WITH_CONFIDENTIAL_CLIENTS.settings, mode: 'serve' as const }
  other = await startTestServer({ sharing: server, settings })
  await giveResource(server, CONFIDENTIAL.owner.id)
})
afterEach(async () => {
  await other.close()
  await server.close()
})

describe('an access token that another process signed with a key made a moment ago', () => {
  it('is read by a process that has not seen the key: told about, and taken back (I3, I8, AS-INT-01, AS-REV-01)', async () => {
    const { clientId, tokens } = await signInAndRedeem(server)
    await sleep(KEYS_AGE_MS)
    // It has just looked, and looks again by itself in two seconds; the other one looks with its next request.
    await fetch(`${server.origin}/.well-known/jwks.json`)
    const { encryptionKeys, signingAlgorithm: algorithm } = server.settings
    const sealer = createSealer(encryptionKeys)
    const table = server.store.signingKeys
    expect((await rotateSigningKeys({ table, sealer, algorithm, pace: 'compromised' })).ok).toBe(true)
    const { body } = await refresh(other, clientId, String(tokens.body.refresh_token))
    const token = String(body.access_token)
    const told = await postForm(server, '/introspect', { token }, basic(CONFIDENTIAL.owner))
    expect(JSON.parse(told.text)).toMatchObject({ active: true, client_id: clientId })
    expect((await postForm(server, '/revoke', { client_id: clientId, token })).status).toBe(200)
    expect((await refresh(other, clientId, String(body.refresh_token))).status).toBe(400)
  })
})
