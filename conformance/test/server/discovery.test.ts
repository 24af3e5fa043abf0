import { describe, expect, it } from 'vitest'
import { discoveryChecks } from '../../src/server/discovery/discovery-checks.ts'
import { faultyIn, findingsOf, unsoundIn } from './setup/finding-of.ts'
import { type Behaviour, json, type SmallWorld } from './setup/small-server.ts'

const document = ({ url, issuer }: SmallWorld) => ({
  resource: url,
  authorization_servers: [issuer],
  scopes_supported: ['notes:read'],
})

const ROOT = '/.well-known/oauth-protected-resource'

/** One fault each, and the checks that name it. */
const FAULTS: Record<string, { change: Partial<Behaviour>; named: readonly string[] }> = {
  'is about another resource (RS-PRM-03)': {
    change: { metadata: (world) => ({ ...document(world), resource: 'https://other.example/mcp' }) },
    named: ['metadata-resource'],
  },
  'is about the origin alone (RS-PRM-03)': {
    change: { metadata: (world) => ({ ...document(world), resource: new URL(world.url).origin }) },
    named: ['metadata-resource'],
  },
  'names no authorization server (RS-PRM-02)': {
    change: { metadata: (world) => ({ ...document(world), authorization_servers: [] }) },
    named: ['metadata-authorization-servers'],
  },
  'names an issuer that has no metadata (RS-PRM-02)': {
    change: { metadata: (world) => ({ ...document(world), authorization_servers: [`${world.issuer}/nowhere`] }) },
    named: ['issuer-metadata-found'],
  },
  'names the issuer with a slash more (RS-PRM-10)': {
    change: { metadata: (world) => ({ ...document(world), authorization_servers: [`${world.issuer}/`] }) },
    named: ['issuer-metadata-echo'],
  },
  'asks for offline_access (RS-PRM-07)': {
    change: { metadata: (world) => ({ ...document(world), scopes_supported: ['notes:read', 'offline_access'] }) },
    named: ['metadata-scopes-no-sign-in'],
  },
  'offers tokens in queries (RS-PRM-08)': {
    change: { metadata: (world) => ({ ...document(world), bearer_methods_supported: ['header', 'query'] }) },
    named: ['metadata-token-methods'],
  },
  'is sent as text (RS-PRM-01)': {
    change: {
      metadataAnswer: ({ method }, body) => ({
        status: method === 'OPTIONS' ? 204 : 200,
        headers: {
          'content-type': 'text/plain',
          'access-control-allow-origin': '*',
          'access-control-allow-headers': '*',
        },
        body: JSON.stringify(body),
      }),
    },
    named: ['metadata-json'],
  },
  'does not know HEAD (RS-PRM-05)': {
    change: {
      metadataAnswer: ({ method }, body) => {
        const cors = { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*' }
        return method === 'HEAD' ? { status: 405 } : json(200, body, cors)
      },
    },
    named: ['metadata-head'],
  },
  'may not be read by a page (RS-PRM-05)': {
    change: { metadataAnswer: (_, body) => json(200, body) },
    named: ['metadata-cors'],
  },
  'has a page of HTML behind a slash (RS-PRM-05)': {
    change: {
      other: ({ path }) =>
        path.endsWith('/mcp/') ? { status: 200, headers: { 'content-type': 'text/html' }, body: '<p>' } : undefined,
    },
    named: ['metadata-slash'],
  },
  'has a document about another resource at the root (RS-PRM-04)': {
    change: { other: ({ path }) => (path === ROOT ? json(200, { resource: 'https://other.example' }) : undefined) },
    named: ['metadata-at-root'],
  },
  'has a page of HTML at the root (RS-PRM-04)': {
    change: {
      other: ({ path }) =>
        path === ROOT ? { status: 200, headers: { 'content-type': 'text/html' }, body: '<p>' } : undefined,
    },
    named: ['metadata-at-root'],
  },
}

describe('discovery: metadata that', () => {
  it('is sound is found sound in every question', async () => {
    expect(unsoundIn(await findingsOf(discoveryChecks))).toEqual([])
  })

  it.each(Object.entries(FAULTS))('%s is named for that, and for nothing else', async (_, { change, named }) => {
    expect(faultyIn(await findingsOf(discoveryChecks, change))).toEqual(named)
  })

  it('is nowhere is a fault, and every question about its content waits (RS-PRM-04)', async () => {
    const found = await findingsOf(discoveryChecks, { metadataPaths: [] })
    expect(faultyIn(found)).toEqual(['metadata-found'])
    expect(found.get('metadata-resource')?.kind).toBe('incomplete')
  })

  it('differs from the URL by a slash at the end is doubtful, because that is how it may have been typed', async () => {
    const found = await findingsOf(discoveryChecks, {
      metadata: (world) => ({ ...document(world), resource: `${world.url}/` }),
    })
    expect(found.get('metadata-resource')?.kind).toBe('doubtful')
  })

  it('is missing at the root is sound (RS-PRM-04)', async () => {
    const found = await findingsOf(discoveryChecks, { metadataPaths: [`${ROOT}/mcp`] })
    expect(unsoundIn(found)).toEqual([])
  })

  it('names a second issuer that has no metadata is doubtful: a client may take the first', async () => {
    const found = await findingsOf(discoveryChecks, {
      metadata: (world) => ({ ...document(world), authorization_servers: [world.issuer, `${world.issuer}/nowhere`] }),
    })
    expect(found.get('issuer-metadata-found')?.kind).toBe('doubtful')
  })
})
