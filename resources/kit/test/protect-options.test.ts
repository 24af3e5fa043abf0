import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ProtectOptions, protect } from '@sallyport/resource'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TOOLS } from './setup/guarded-server.ts'

const GOOD: ProtectOptions = {
  issuer: 'https://auth.example.com',
  resource: 'https://mcp.example.com/mcp',
  tools: TOOLS,
}

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sallyport-kit-'))
})
afterAll(() => rm(folder, { recursive: true }))

describe('protect refuses to start', () => {
  it('without tools, and prints a tools file to begin with', async () => {
    const { tools: _, ...withoutTools } = GOOD
    const message = await messageOf(withoutTools)
    expect(message).toContain('SALLYPORT_E_TOOLS_MISSING')
    expect(message).toContain("'authenticated-only'")
    const printed = message.slice(message.indexOf('scopes:'))
    await writeFile(join(folder, 'printed.yaml'), printed)
    const guard = await protect({ ...GOOD, tools: join(folder, 'printed.yaml') })
    expect(guard.metadata.scopes_supported).toEqual(['mcp:issue:read'])
  })

  it('with a tools file that has problems, and says on which line', async () => {
    const path = join(folder, 'wrong.yaml')
    await writeFile(path, 'scopes:\n  mcp:all: { class: read, description: All }\n')
    const message = await messageOf({ ...GOOD, tools: path })
    expect(message).toContain('SALLYPORT_E_TOOLS_INVALID')
    expect(message).toContain('wrong.yaml:2:3')
  })

  it('over stdio, and says that there is no OAuth there (RS-TR-15)', async () => {
    for (const resource of ['stdio', 'node server.js', undefined]) {
      const message = await messageOf({ ...GOOD, resource })
      expect(message).toContain('SALLYPORT_E_STDIO')
      expect(message).toContain('Over stdio there is no OAuth')
    }
  })

  it.each([
    { what: 'a tools file that is not there', code: 'TOOLS_UNREADABLE', over: { tools: '/nowhere/tools.yaml' } },
    { what: 'tools that are a number', code: 'TOOLS_MISSING', over: { tools: 1 } },
    { what: 'a resource with a fragment', code: 'RESOURCE_URI', over: { resource: 'https://mcp.example.com/mcp#x' } },
    { what: 'a public resource on http', code: 'RESOURCE_URI', over: { resource: 'http://mcp.example.com/mcp' } },
    { what: 'an issuer on public http', code: 'ISSUER_URL', over: { issuer: 'http://auth.example.com' } },
    { what: 'an issuer with a query', code: 'ISSUER_URL', over: { issuer: 'https://auth.example.com?tenant=1' } },
    { what: 'an issuer that is no URL', code: 'ISSUER_URL', over: { issuer: 'auth.example.com' } },
    { what: 'no issuer', code: 'ISSUER_URL', over: { issuer: undefined } },
    { what: 'any origin allowed', code: 'OPTIONS', over: { allowedOrigins: ['*'] } },
    { what: 'an origin with a path', code: 'OPTIONS', over: { allowedOrigins: ['https://a.example/x'] } },
    { what: 'a type nobody asked for', code: 'OPTIONS', over: { accept: { typ: ['anything'] } } },
    { what: 'legacy and no root', code: 'OPTIONS', over: { legacy: true, rootMetadata: false } },
    { what: 'a client without a key', code: 'OPTIONS', over: { client: { id: 'mcp' } } },
  ])('with $what', async ({ code, over }) => {
    expect(await messageOf({ ...GOOD, ...over })).toContain(`SALLYPORT_E_${code}:`)
  })
})

describe('protect starts', () => {
  it('without the issuer being up, and without asking it', async () => {
    const guard = await protect({ ...GOOD, fetch: () => Promise.reject(new Error('nobody may be asked yet')) })
    expect(guard.metadata.authorization_servers).toEqual(['https://auth.example.com'])
  })

  it('with an issuer that has a slash at its end, and keeps it (T-06)', async () => {
    const guard = await protect({ ...GOOD, issuer: 'https://auth.example.com/' })
    expect(guard.metadata.authorization_servers).toEqual(['https://auth.example.com/'])
  })
})

async function messageOf(options: object): Promise<string> {
  // Callers without types may give anything.
  const error: unknown = await protect(options as ProtectOptions).catch((reason: unknown) => reason)
  return error instanceof Error ? error.message : 'started'
}
