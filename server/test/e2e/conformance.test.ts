import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeSuiteFolder } from '../dev/open-folder.ts'
import { RESOURCE, startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { approve } from '../setup/flow.ts'
import { freePort } from './free-port.ts'
import { type OfficialCheck, runOfficialSuite } from './official-suite.ts'

const CLIENT = 'official-suite'
// Any port of the loopback, as for every native client (RFC 8252 §7.3).
const REDIRECTS = ['http://127.0.0.1/callback']

const IDS = ['authorization-code-grant', 'authorization-server-metadata', 'authorization-server-metadata-cimd']

describe('the official conformance suite, authorization mode', async () => {
  const folder = await makeSuiteFolder()
  let server: TestServer
  beforeAll(async () => {
    const clients = [{ id: CLIENT, name: 'Official suite', redirectUris: REDIRECTS }]
    server = await startTestServer({ settings: { clients } })
  })
  afterAll(() => server.close())

  const run = async (resource?: string): Promise<readonly OfficialCheck[]> =>
    runOfficialSuite({
      issuer: server.issuer,
      clientId: CLIENT,
      port: await freePort(),
      folder: await mkdtemp(join(folder, 'run-')),
      person: async (url) => (await approve(server, { url })).url,
      ...(resource === undefined ? {} : { resource }),
    })

  it.each([
    ['with the resource named (AS-RES-01)', RESOURCE],
    ['without a resource, for the one MCP server there is (AS-AZ-18)', undefined],
  ])('finds every check of its own a success, %s', async (_how, resource) => {
    const checks = await run(resource)
    expect(checks.map(({ id }) => id).sort()).toEqual(IDS)
    // A warning or a skipped check would leave the exit code at 0.
    expect(checks.filter(({ status }) => status !== 'SUCCESS')).toEqual([])
  })
})
