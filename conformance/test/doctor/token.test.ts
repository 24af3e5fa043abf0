import { describe, expect, it } from 'vitest'
import { judgeListening } from '../../src/doctor/answers/listening.ts'
import { judgeReception } from '../../src/doctor/answers/reception.ts'
import { judgeRepetition, judgeTools } from '../../src/doctor/answers/repetition.ts'
import { judgeSilence } from '../../src/doctor/answers/silence.ts'
import { readToken } from '../../src/doctor/token/claims.ts'
import { type Dislike, dislikesOf } from '../../src/doctor/token/dislikes.ts'
import { answerOf, replyOf, silenceOf } from './replies.ts'

const SERVER = 'https://mcp.example.com/mcp'
const ISSUER = 'https://auth.example.com'
const NOW = 1_800_000_000
const EXPECTATION = { resources: [SERVER], issuers: [ISSUER], kids: ['a'], fits: true, now: NOW, serverAhead: 0 }
const HEADER = { alg: 'ES256', kid: 'a', typ: 'at+jwt' }
const CLAIMS = { iss: ISSUER, aud: SERVER, exp: NOW + 300, scope: 'notes:read' }

const ailmentsOf = (claims: object, header: object = {}, expectation: object = {}): readonly string[] =>
  dislikesOf(
    { header: { ...HEADER, ...header }, claims: { ...CLAIMS, ...claims } },
    { ...EXPECTATION, ...expectation },
  ).map(({ ailment }) => ailment)

describe('what a server dislikes about a token', () => {
  it.each([
    { what: 'a sound one', claims: {}, ailments: [] },
    { what: 'one of several audiences', claims: { aud: ['x', SERVER] }, ailments: [] },
    { what: 'a slash', claims: { aud: `${SERVER}/` }, ailments: ['audience-slash'] },
    { what: 'the closest of several', claims: { aud: ['account', `${SERVER}/`] }, ailments: ['audience-slash'] },
    { what: 'no audience', claims: { aud: undefined }, ailments: ['audience-missing'] },
    { what: 'another issuer', claims: { iss: 'https://a.example' }, ailments: ['token-issuer-other'] },
    { what: 'no issuer', claims: { iss: undefined }, ailments: ['token-issuer-missing'] },
    { what: 'its end', claims: { exp: NOW - 1 }, ailments: ['token-expired'] },
    { what: 'no end', claims: { exp: undefined }, ailments: ['expiry-missing'] },
    { what: 'its beginning', claims: { nbf: NOW + 60 }, ailments: ['token-not-yet-valid'] },
    { what: 'no scope', claims: { scope: '' }, ailments: ['token-scope-missing'] },
    { what: 'scopes in a list', claims: { scope: undefined, scp: ['a'] }, ailments: [] },
    { what: 'an ID token', claims: { nonce: 'n' }, ailments: ['id-token'] },
  ])('$what', ({ claims, ailments }) => {
    expect(ailmentsOf(claims)).toEqual(ailments)
  })

  it.each([
    { header: { typ: 'JWT' }, ailments: ['token-type'] },
    { header: { typ: 'application/at+jwt' }, ailments: [] },
    { header: { alg: 'HS256' }, ailments: ['token-algorithm'] },
    { header: { kid: 'b' }, ailments: ['token-key-unknown'] },
    { header: { kid: undefined }, ailments: [] },
  ])('the header $header', ({ header, ailments }) => {
    expect(ailmentsOf({}, header)).toEqual(ailments)
  })

  it('is a signature that does not fit, where it could be verified here', () => {
    expect(ailmentsOf({}, {}, { fits: false })).toEqual(['token-signature'])
    expect(ailmentsOf({}, {}, { fits: undefined })).toEqual([])
  })

  it('may be its name for the URL, where the server calls itself something else', () => {
    const resources = [`${SERVER}/v1`, SERVER]
    expect(ailmentsOf({}, {}, { resources })).toEqual(['audience-is-the-url'])
    expect(ailmentsOf({ aud: `${SERVER}/v1` }, {}, { resources })).toEqual([])
  })

  it('is judged by the clock of the server, too', () => {
    expect(ailmentsOf({}, {}, { serverAhead: 3_600 })).toEqual(['token-expired-there'])
    expect(ailmentsOf({ nbf: NOW }, {}, { serverAhead: -3_600 })).toEqual(['token-not-yet-valid'])
  })

  it('is not guessed where no metadata says what the server is called', () => {
    expect(ailmentsOf({ aud: 'x' }, {}, { resources: [], issuers: [] })).toEqual([])
  })

  it.each(['opaque', 'a.b.c', ''])('is nothing in %j, which only its issuer can read', (token) => {
    expect(readToken(token)).toBeUndefined()
  })
})

describe('the reception of a token', () => {
  const without = answerOf(401, '', { 'www-authenticate': 'Bearer resource_metadata="x"' })
  const invalid = answerOf(401, '', { 'www-authenticate': 'Bearer error="invalid_token"' })
  const lacking = answerOf(403, '', { 'www-authenticate': 'Bearer error="insufficient_scope", scope="a b"' })
  const slash: Dislike = { step: 's', certain: true, ailment: 'audience-slash', saw: 'A slash.', change: 'It.' }
  const type: Dislike = { step: 's', certain: false, ailment: 'token-type', saw: 'A type.', change: 'It.' }
  it.each([
    { answer: invalid, dislikes: [slash, type], ailment: 'audience-slash' },
    { answer: invalid, dislikes: [type], ailment: 'token-type' },
    { answer: invalid, dislikes: [], ailment: 'token-refused' },
    { answer: without, dislikes: [type], ailment: 'authorization-lost' },
    { answer: without, dislikes: [slash], ailment: 'audience-slash' },
    { answer: lacking, dislikes: [type], ailment: 'scope-missing' },
    { answer: answerOf(403), dislikes: [], ailment: 'forbidden-with-token' },
    { answer: answerOf(503), dislikes: [], ailment: 'server-cannot-verify' },
    { answer: answerOf(400), dislikes: [], ailment: 'not-mcp-with-token' },
  ])('$answer.status is $ailment', ({ answer, dislikes, ailment }) => {
    const token = { header: {}, claims: { scope: 'a' } }
    const step = judgeReception({ kind: 'refused', answer }, { without, dislikes, token })
    expect(step).toMatchObject({ outcome: 'stop', ailment })
  })

  it('names the scopes that are missing and no others', () => {
    const token = { header: {}, claims: { scope: 'a' } }
    const { saw } = judgeReception({ kind: 'refused', answer: lacking }, { without, dislikes: [], token })
    expect(saw).toMatch(/for want of the scope b \(403\)/)
  })

  it('warns of a server that accepts what every sound one refuses', () => {
    const background = { without, dislikes: [slash], token: undefined }
    const step = judgeReception({ kind: 'speaks', revision: '2026-07-28' }, background)
    expect(step).toMatchObject({ outcome: 'warn', ailment: 'accepted-all-the-same' })
  })

  it('knows a server that never saw the token, though it calls every refusal invalid_token', () => {
    const header = 'Bearer error="invalid_token", error_description="Missing Authorization header"'
    const refusal = answerOf(401, '', { 'www-authenticate': header })
    const step = judgeReception(
      { kind: 'refused', answer: refusal },
      { without: refusal, dislikes: [], token: undefined },
    )
    expect(step.ailment).toBe('authorization-lost')
  })
})

describe('silence after a token', () => {
  it.each([
    { plain: replyOf(406), begun: undefined, ailment: 'stream-held-back' },
    {
      plain: silenceOf(undefined),
      begun: [['content-type', 'text/event-stream']] as const,
      ailment: 'stream-held-back',
    },
    { plain: silenceOf(undefined), begun: undefined, ailment: 'silence-with-token' },
  ])('is $ailment', ({ plain, begun, ailment }) => {
    const silent = { ...silenceOf(undefined), begun: begun === undefined ? undefined : { status: 200, headers: begun } }
    expect(judgeSilence(silent, plain).ailment).toBe(ailment)
  })
})

describe('a stream to listen on', () => {
  it.each([
    { reply: replyOf(405), ailment: undefined },
    { reply: { ...silenceOf(undefined), begun: { status: 200, headers: [] } }, ailment: undefined },
    { reply: silenceOf(undefined), ailment: 'listening-held-back' },
  ])('is $ailment', ({ reply, ailment }) => {
    expect(judgeListening(reply).ailment).toBe(ailment)
  })
})

describe('the list of tools', () => {
  const list = (...names: string[]) => replyOf(200, { result: { tools: names.map((name) => ({ name })) } })
  const lost = replyOf(404, { error: { code: -32001, message: 'Session not found' } })
  it('is there, is empty, or fails', () => {
    expect(judgeTools(list('a')).outcome).toBe('ok')
    expect(judgeTools(list()).ailment).toBe('no-tools')
    expect(judgeTools(replyOf(500)).ailment).toBe('tools-fail')
    expect(judgeTools(silenceOf(undefined)).ailment).toBe('tools-fail')
  })

  it.each([
    { replies: [list('a'), list('a')], session: true, ailment: undefined },
    { replies: [list('a', 'b'), list('b', 'a')], session: false, ailment: undefined },
    { replies: [list('a'), lost], session: true, ailment: 'session-lost' },
    { replies: [lost, lost], session: true, ailment: 'session-lost' },
    { replies: [list('a'), replyOf(401)], session: false, ailment: 'instances-differ' },
    { replies: [list('a'), list('b')], session: false, ailment: 'instances-differ' },
    { replies: [list('a'), replyOf(400, 'bad')], session: true, ailment: 'instances-differ' },
    { replies: [replyOf(500), replyOf(500)], session: true, ailment: undefined },
  ])('several times over is $ailment', ({ replies, session, ailment }) => {
    expect(judgeRepetition(replies, session).ailment).toBe(ailment)
  })
})
