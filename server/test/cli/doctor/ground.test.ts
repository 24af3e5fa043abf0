import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkEgress } from '../../../src/cli/doctor/egress-checks.ts'
import { secret } from '../../../src/config/secret.ts'
import { randomKey } from '../../config/loading.ts'
import { startTestServer } from '../../setup/authorization-server.ts'
import { databaseOn, execute } from '../../setup/cluster.ts'
import { CLOSED_TO_ALL, TEST_ROOT } from '../../setup/document-host.ts'
import { type Scene, setScene } from './examining.ts'

let scene: Scene
beforeAll(async () => {
  scene = await setScene()
})
afterAll(() => scene.close())

describe('a clock', () => {
  it.each([
    { ahead: 10_000, verdict: 'warn', words: /^the clock of the (?:database|issuer) is \d+\.\d s behind this one$/ },
    { ahead: -10_000, verdict: 'warn', words: /ahead of this one$/ },
    { ahead: 90_000, verdict: 'fail', words: /behind this one$/ },
  ])(
    'that is $ahead ms off is $verdict, compared with the database and with the issuer',
    async ({ ahead, verdict, words }) => {
      const findings = (await scene.look({ now: () => Date.now() + ahead })).of('clock')
      const wrong = expect.objectContaining({ verdict, detail: expect.stringMatching(words) })
      expect(findings).toEqual([wrong, wrong])
    },
  )
})

describe('a database', () => {
  it('that is not there fails once, with no password in the sentence', async () => {
    const look = await scene.look({ databaseUrl: 'postgres://me:hunter2@127.0.0.1:1/none' })
    expect(look.of('database')).toMatchObject([{ verdict: 'fail', detail: expect.stringContaining('ECONNREFUSED') }])
    expect(look.of('keys')).toMatchObject([{ verdict: 'warn' }])
    expect(look.of('jwks')).toMatchObject([{ verdict: 'ok', detail: 'one key is published' }])
    expect(JSON.stringify(look.all)).not.toContain('hunter2')
  })

  it('without tables is told to migrate', async () => {
    const name = `doctor_empty_${process.pid}`
    await execute(scene.server.databaseUrl, `CREATE DATABASE ${name} TEMPLATE template0`)
    const look = await scene.look({ databaseUrl: databaseOn(scene.server.databaseUrl, name) })
    await execute(scene.server.databaseUrl, `DROP DATABASE ${name} WITH (FORCE)`)
    expect(look.of('migrations')).toMatchObject([{ verdict: 'fail', remedy: 'Run `sallyport migrate`.' }])
    expect(look.of('database')).toMatchObject([{ verdict: 'ok' }])
  })

  it('whose user lacks a right is named with it, and a user of its own is well', async () => {
    const { databaseUrl } = scene.server
    const role = `doctor_role_${process.pid}`
    const url = new URL(databaseUrl)
    url.username = role
    url.password = 'narrow'
    await execute(databaseUrl, `CREATE ROLE ${role} LOGIN PASSWORD 'narrow'`)
    await execute(databaseUrl, `GRANT USAGE ON SCHEMA public TO ${role}`)
    await execute(databaseUrl, `GRANT ALL ON ALL TABLES IN SCHEMA public TO ${role}`)
    await execute(databaseUrl, `REVOKE UPDATE, DELETE ON audit_events FROM ${role}`)
    const well = await scene.look({ databaseUrl: url.href })
    await execute(databaseUrl, `REVOKE DELETE ON sessions FROM ${role}`)
    const narrow = await scene.look({ databaseUrl: url.href })
    await execute(databaseUrl, `DROP OWNED BY ${role}; DROP ROLE ${role}`)
    expect(well.of('database-rights')).toMatchObject([{ verdict: 'ok' }])
    expect(narrow.of('database-rights')).toMatchObject([
      { verdict: 'fail', detail: 'the user lacks DELETE on sessions' },
    ])
  })

  it('of another installation is found out by the keys that are published', async () => {
    const other = await startTestServer()
    const look = await scene.look({ databaseUrl: other.databaseUrl }, { encryptionKeys: other.settings.encryptionKeys })
    await other.close()
    expect(look.of('keys')).toMatchObject([{ verdict: 'ok' }])
    expect(look.of('jwks')).toMatchObject([{ verdict: 'fail', detail: expect.stringContaining('does not publish') }])
  })
})

describe('the encryption keys', () => {
  it('that do not open the signing keys are found out, and nothing is written', async () => {
    const look = await scene.look({}, { encryptionKeys: [secret(randomKey())] })
    expect(look.of('keys')).toMatchObject([
      { verdict: 'fail', detail: expect.stringMatching(/^1 of 1 signing keys do not open/) },
    ])
    expect(look.of('proxy-headers')).toMatchObject([
      { verdict: 'warn', remedy: expect.stringContaining('other encryption keys') },
    ])
    expect(await scene.server.store.signingKeys.list()).toHaveLength(1)
  })
})

describe('the way out', () => {
  it('is not mentioned where nothing was opened', async () => {
    expect(await checkEgress(CLOSED_TO_ALL, Date.now)).toEqual([])
  })

  it('is looked at as far as it was opened', async () => {
    const { hostname, port } = new URL(scene.server.origin)
    const settings = {
      allow: [`${hostname}:${port}`, 'nobody.invalid:443'],
      proxy: secret(`http://me:hunter2@${hostname}:${port}`),
      ca: [TEST_ROOT],
    }
    const findings = await checkEgress(settings, Date.now)
    expect(findings.map(({ id, verdict }) => `${id} ${verdict}`)).toEqual([
      'egress-proxy ok',
      'egress-allow ok',
      'egress-allow fail',
      'egress-ca ok',
    ])
    expect(JSON.stringify(findings)).not.toContain('hunter2')
    const later = await checkEgress({ ...settings, allow: [], proxy: secret('http://127.0.0.1:1') }, () =>
      Date.UTC(2200, 1),
    )
    expect(later).toMatchObject([
      { verdict: 'fail', detail: '127.0.0.1:1: nothing listens there (ECONNREFUSED)' },
      { verdict: 'warn', detail: '1 of 1 have ended, CN=Sallyport test root among them' },
    ])
  })
})
