import { describe, expect, it } from 'vitest'
import { aheadOf, judgeClocks } from '../../src/doctor/issuer/clocks.ts'
import { judgeKeys } from '../../src/doctor/issuer/keys.ts'
import { judgeIssuerLookups, judgeIssuerName } from '../../src/doctor/issuer/lookup.ts'
import { judgeNamed } from '../../src/doctor/issuer/named.ts'
import { judgeOffer } from '../../src/doctor/issuer/offer.ts'
import { judgeTokenEndpoint } from '../../src/doctor/issuer/token-endpoint.ts'
import { judgeResource } from '../../src/doctor/metadata/resource.ts'
import { replyOf, silenceOf } from './replies.ts'

const SERVER = 'https://mcp.example.com/mcp'
const ISSUER = 'https://auth.example.com'

describe('the resource of the metadata', () => {
  it.each([
    { resource: SERVER, ailment: undefined },
    { resource: `${SERVER}/`, ailment: 'resource-slash' },
    { resource: 'http://mcp.example.com/mcp', ailment: 'forwarded-proto' },
    { resource: 'http://mcp.example.com:8080/mcp', ailment: 'forwarded-proto' },
    { resource: 'http://notes:3000/mcp', ailment: 'internal-address' },
    { resource: 'https://other.example.com/v1', ailment: 'resource-other' },
    { resource: 'HTTPS://MCP.example.com/mcp', ailment: undefined },
    { resource: 7, ailment: 'resource-missing' },
  ])('$resource is $ailment', ({ resource, ailment }) => {
    expect(judgeResource(SERVER, resource).ailment).toBe(ailment)
  })

  it('of a bare origin may have its slash or not', () => {
    expect(judgeResource('https://mcp.example.com', 'https://mcp.example.com/').outcome).toBe('ok')
  })
})

describe('the authorization servers that are named', () => {
  it.each([
    { named: [ISSUER], ailment: undefined },
    { named: undefined, ailment: 'issuer-not-named' },
    { named: ISSUER, ailment: 'issuer-not-named' },
    { named: ['auth'], ailment: 'issuer-not-named' },
    { named: ['http://localhost:8080/realms/a'], ailment: 'issuer-internal' },
    { named: ['http://keycloak:8080/realms/a'], ailment: 'issuer-internal' },
    { named: ['http://auth.example.com'], ailment: 'issuer-by-http' },
  ])('$named is $ailment', ({ named, ailment }) => {
    expect(judgeNamed(SERVER, { authorization_servers: named }).ailment).toBe(ailment)
  })
})

describe('the metadata of the authorization server', () => {
  const address = `${ISSUER}/.well-known/oauth-authorization-server`
  it.each([
    { replies: [replyOf(404), replyOf(200, { issuer: ISSUER })], ailment: undefined },
    { replies: [replyOf(404), replyOf(404)], ailment: 'issuer-metadata-not-there' },
    { replies: [replyOf(200, '<html></html>')], ailment: 'issuer-shadowed' },
    { replies: [replyOf(404), replyOf(503)], ailment: 'issuer-error' },
    { replies: [silenceOf('ENOTFOUND')], ailment: 'issuer-unreachable' },
  ])('is $ailment', ({ replies, ailment }) => {
    const lookups = replies.map((reply) => ({ address, reply }))
    expect(judgeIssuerLookups(ISSUER, lookups).ailment).toBe(ailment)
  })

  it.each([
    { stated: ISSUER, ailment: undefined },
    { stated: `${ISSUER}/`, ailment: 'issuer-slash' },
    { stated: 'https://auth.exmaple.com', ailment: 'issuer-typo' },
    { stated: undefined, ailment: 'issuer-other' },
  ])('that calls itself $stated is $ailment', ({ stated, ailment }) => {
    expect(judgeIssuerName(ISSUER, stated).ailment).toBe(ailment)
  })
})

describe('what the authorization server offers', () => {
  const whole = {
    authorization_endpoint: `${ISSUER}/authorize`,
    token_endpoint: `${ISSUER}/token`,
    registration_endpoint: `${ISSUER}/register`,
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: ['none'],
  }
  it.each([
    { change: {}, ailments: [] },
    { change: { token_endpoint: 'http://keycloak:8080/token' }, ailments: ['endpoints-internal'] },
    {
      change: { issuer: ISSUER, authorization_endpoint: 'http://auth.example.com/authorize' },
      ailments: ['endpoints-by-http'],
    },
    { change: { token_endpoint: undefined }, ailments: ['endpoints-missing'] },
    { change: { response_types_supported: ['id_token'] }, ailments: ['code-not-offered'] },
    { change: { code_challenge_methods_supported: ['plain'] }, ailments: ['pkce-not-advertised'] },
    { change: { registration_endpoint: undefined }, ailments: ['registration-by-hand'] },
    {
      change: { registration_endpoint: undefined, client_id_metadata_document_supported: true },
      ailments: [],
    },
    { change: { token_endpoint_auth_methods_supported: undefined }, ailments: ['public-clients-refused'] },
  ])('with $change is $ailments', ({ change, ailments }) => {
    expect(judgeOffer(SERVER, { ...whole, ...change }).flatMap(({ ailment }) => ailment ?? [])).toEqual(ailments)
  })
})

describe('the token endpoint', () => {
  it.each([
    { reply: replyOf(400), ailment: undefined },
    { reply: replyOf(401), ailment: undefined },
    { reply: replyOf(403), ailment: undefined },
    { reply: replyOf(404), ailment: 'token-endpoint-not-there' },
    { reply: replyOf(405), ailment: 'token-endpoint-not-there' },
    { reply: replyOf(302), ailment: 'token-endpoint-not-there' },
    { reply: replyOf(200, '<html></html>'), ailment: 'token-endpoint-not-there' },
    { reply: replyOf(500), ailment: 'token-endpoint-error' },
    { reply: silenceOf('ENOTFOUND'), ailment: 'token-endpoint-unreachable' },
  ])('is $ailment', ({ reply, ailment }) => {
    expect(judgeTokenEndpoint(`${ISSUER}/token`, reply).ailment).toBe(ailment)
  })
})

describe('the keys', () => {
  it.each([
    { reply: replyOf(200, { keys: [{ kid: 'a' }, { kid: 'b' }] }), ailment: undefined },
    { reply: replyOf(200, { keys: [{}] }), ailment: undefined },
    { reply: replyOf(200, { keys: [{ kid: 'a' }, { kid: 'a' }] }), ailment: 'kid-twice' },
    { reply: replyOf(200, { keys: [{ kid: 'a' }, {}] }), ailment: 'kid-missing' },
    { reply: replyOf(200, { keys: [] }), ailment: 'keys-missing' },
    { reply: replyOf(404), ailment: 'keys-missing' },
    { reply: silenceOf('ECONNREFUSED'), ailment: 'keys-unreachable' },
  ])('are $ailment', ({ reply, ailment }) => {
    expect(judgeKeys(`${ISSUER}/jwks`, reply).ailment).toBe(ailment)
  })
})

describe('the clocks', () => {
  it.each([
    { server: 0, issuer: 1, outcome: 'ok', says: /agree/ },
    { server: 20, issuer: 0, outcome: 'warn', says: /20 s ahead/ },
    { server: -3_600, issuer: 0, outcome: 'stop', says: /60 min behind/ },
    { server: 0, issuer: -300, outcome: 'stop', says: /short ones expired/ },
    { server: 600, issuer: 600, outcome: 'warn', says: /this machine is 10 min behind/ },
    { server: undefined, issuer: 0, outcome: 'ok', says: /cannot be compared/ },
  ])('$server s and $issuer s ahead of ours are $outcome', ({ server, issuer, outcome, says }) => {
    const step = judgeClocks(server, issuer)
    expect(step.outcome).toBe(outcome)
    expect(step.saw).toMatch(says)
  })

  it.each([
    { server: -3_600, issuer: 0, change: /the clock of the MCP server/ },
    { server: 0, issuer: 300, change: /the clock of the authorization server/ },
    { server: 600, issuer: 300, change: /both clocks/ },
  ])('are set where ours does not agree: $server s and $issuer s', ({ server, issuer, change }) => {
    expect(judgeClocks(server, issuer).change).toMatch(change)
  })

  it('are read from fresh answers alone', () => {
    const date = 'Thu, 01 Jan 1970 00:01:40 GMT'
    expect(aheadOf(replyOf(401, '', { date }, 40))).toBe(60)
    expect(aheadOf(replyOf(401, '', { date, age: '30' }, 40))).toBeUndefined()
    expect(aheadOf(replyOf(401, '', {}, 40))).toBeUndefined()
    expect(aheadOf(silenceOf(undefined))).toBeUndefined()
  })
})
