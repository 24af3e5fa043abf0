import { describe, expect, it } from 'vitest'
import { isNarrower, lostTls, reachOf } from '../../src/doctor/address.ts'
import { differenceOf } from '../../src/doctor/difference.ts'

const URL_TYPED = 'https://mcp.example.com/notes/mcp'

describe('the difference of two identifiers', () => {
  it.each([
    { named: URL_TYPED, kind: 'none', says: 'it is' },
    { named: `${URL_TYPED}/`, kind: 'slash', says: 'ends with a slash' },
    { named: 'https://mcp.example.com/Notes/mcp', kind: 'case', says: 'from character 25 on' },
    { named: 'http://mcp.example.com/notes/mcp', kind: 'scheme', says: 'says http, and' },
    { named: 'https://mcp.example.com:8443/notes/mcp', kind: 'port', says: 'another port' },
    { named: 'https://mcp.example.com/mcp', kind: 'prefix', says: 'lacks "/notes"' },
    { named: 'https://mcp.example.com', kind: 'parent', says: 'the rest of the path is missing' },
    { named: 'https://mcp.example.com/notes', kind: 'parent', says: 'the rest of the path is missing' },
    { named: 'https://mcp.example.com/notes/mcp/v1', kind: 'child', says: 'goes on where' },
    { named: 'https://mcp.example.com/notes/mpc', kind: 'typo', says: 'it reads pc, not cp' },
    { named: 'https://mcp.exmaple.com/notes/mcp', kind: 'typo', says: 'it reads maple.com/no, not ample.com/no' },
    { named: 'https://mcp.example.com/notes/mc', kind: 'typo', says: 'it reads its end, not p' },
    { named: 'https://graph.example.com', kind: 'other', says: 'is not' },
    { named: 'notes-api', kind: 'other', says: 'is not' },
    { named: 'http://127.0.0.1:3000/mcp', kind: 'other', says: 'is not' },
  ])('of $named is a matter of $kind', ({ named, kind, says }) => {
    const difference = differenceOf(named, URL_TYPED)
    expect(difference.kind).toBe(kind)
    expect(difference.words).toContain(says)
  })

  it('says so when the slash is missing where one is wanted', () => {
    expect(differenceOf('https://as.example', 'https://as.example/').words).toMatch(/has no slash at its end/)
  })
})

describe('the reach of an address', () => {
  it.each([
    { url: 'http://127.0.0.1:9400', reach: 'loopback' },
    { url: 'http://localhost:9400', reach: 'loopback' },
    { url: 'http://[::1]:9400', reach: 'loopback' },
    { url: 'http://10.1.2.3', reach: 'private' },
    { url: 'http://172.20.0.2', reach: 'private' },
    { url: 'http://172.32.0.2', reach: 'public' },
    { url: 'http://[fd00::1]', reach: 'private' },
    { url: 'http://keycloak:8080/realms/a', reach: 'private' },
    { url: 'https://auth.prod.svc', reach: 'private' },
    { url: 'https://auth.example.com', reach: 'public' },
  ])('$url is $reach', ({ url, reach }) => {
    expect(reachOf(url)).toBe(reach)
  })

  it('is narrower where some who reach the server do not reach it', () => {
    expect(isNarrower('http://keycloak:8080', 'https://mcp.example.com')).toBe(true)
    expect(isNarrower('https://auth.example.com', 'http://localhost:3000')).toBe(false)
    expect(isNarrower('http://localhost:9400', 'http://127.0.0.1:9401')).toBe(false)
  })

  it('has lost TLS where https became http on the same host', () => {
    expect(lostTls('http://a.example/x', 'https://a.example/mcp')).toBe(true)
    expect(lostTls('http://b.example/x', 'https://a.example/mcp')).toBe(false)
    expect(lostTls('https://a.example/x', 'http://a.example/mcp')).toBe(false)
  })
})
