import { expect, it } from 'vitest'
import { told } from '../../fixtures/as/all.ts'
import { DOWNSTREAM, startPlainIssuer } from '../../fixtures/as/plain/plain-issuer.ts'
import { examineIssuer } from './setup/examine-issuer.ts'

it('credentials of --exchange-client that are wrong accuse nobody', async () => {
  const issuer = told(await startPlainIssuer({ port: 0 }))
  const authentication = { method: 'client_secret_basic', secret: 'mistyped' } as const
  const exchange = { client: { clientId: 'nobody', redirectUri: '', authentication }, resource: DOWNSTREAM }
  const only = ['as-introspection-unknown', 'as-exchange-answer']
  const { person, resource, scopes } = issuer
  const { checks } = await examineIssuer({ issuer: issuer.issuer, person, resource, scopes, exchange, only })
  await issuer.close()
  expect(checks.map(({ id, verdict }) => [id, verdict])).toEqual(only.map((id) => [id, 'incomplete']))
  expect(checks[0]?.detail).toMatch(/^--exchange-client was not taken for a client: 401 invalid_client/)
})
