import { describe, expect, it } from 'vitest'
import { CLIENT_PROFILES } from '../../conformance/src/quirks/profiles/all.ts'
import { judgeRedirectUri, withoutLoopbackPort } from '../../server/src/config/redirect-uri.ts'
import { KNOWN_CLIENTS } from '../../server/src/http/known-clients/known-clients.ts'

const DATE = /^\d{4}-\d{2}-\d{2}$/

describe('the list of known clients', () => {
  it('has each document once, and those whose names most people know', () => {
    const urls = KNOWN_CLIENTS.map(({ documentUrl }) => documentUrl)
    expect(new Set(urls).size).toBe(urls.length)
    expect(urls).toContain('https://claude.ai/oauth/mcp-oauth-client-metadata')
  })

  it.each(KNOWN_CLIENTS)('says of $name where it was read and when', ({ name, source, read, documentUrl }) => {
    expect(name).toBe(name.trim())
    expect(name).not.toBe('')
    for (const url of [source, documentUrl]) expect(URL.parse(url)).toMatchObject({ protocol: 'https:', href: url })
    expect(read).toMatch(DATE)
    expect(new Date(read).toISOString().slice(0, 10)).toBe(read)
  })

  it.each(KNOWN_CLIENTS)('has addresses of $name that a client may have, without ports that change', (client) => {
    expect(client.redirectUris).not.toEqual([])
    for (const uri of client.redirectUris) {
      expect(judgeRedirectUri(uri, [])).toMatchObject({ ok: true })
      expect(withoutLoopbackPort(uri)).toBe(uri)
    }
  })

  it.each(KNOWN_CLIENTS)('says of $name what its replay says', ({ name, documentUrl, redirectUris, source, read }) => {
    const replays = CLIENT_PROFILES.flatMap((profile) => profile.identities.map((identity) => ({ profile, identity })))
    const found = replays.find(({ identity }) => identity.way === 'document' && identity.url === documentUrl)
    if (found?.identity.way !== 'document') throw new Error(`${documentUrl} is replayed by no profile`)
    const { members, redirect } = found.identity
    const replayed = [members.redirect_uris].flat().map((uri) => withoutLoopbackPort(String(uri)))
    const hosted = redirect.kind === 'loopback' ? [] : [redirect.uri]
    expect(members.client_name).toBe(name)
    expect(replayed.flatMap((uri) => (uri === '{redirect}' ? hosted : [uri]))).toEqual(redirectUris)
    expect(found.profile.sources.map(({ url }) => url)).toContain(source)
    expect(found.profile.read).toBe(read)
  })
})
