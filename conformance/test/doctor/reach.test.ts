import { describe, expect, it } from 'vitest'
import { pageIn } from '../../src/doctor/page.ts'
import { judgeChallenge } from '../../src/doctor/reach/challenge.ts'
import { judgeDoor } from '../../src/doctor/reach/door.ts'
import { judgeRedirect, redirectOf } from '../../src/doctor/reach/redirect.ts'
import { explainSilence, isUnreachable } from '../../src/doctor/reach/silence.ts'
import { answerOf, silenceOf } from './replies.ts'

const SERVER = 'https://mcp.example.com/mcp'
const HTML = { 'content-type': 'text/html' }

describe('silence', () => {
  it.each([
    { code: 'ENOTFOUND', ailment: 'name-unknown' },
    { code: 'EAI_AGAIN', ailment: 'name-unknown' },
    { code: 'ECONNREFUSED', ailment: 'connection-refused' },
    { code: 'CERT_HAS_EXPIRED', ailment: 'certificate-expired' },
    { code: 'CERT_NOT_YET_VALID', ailment: 'certificate-not-yet-valid' },
    { code: 'ERR_TLS_CERT_ALTNAME_INVALID', ailment: 'certificate-of-another-name' },
    { code: 'DEPTH_ZERO_SELF_SIGNED_CERT', ailment: 'certificate-self-signed' },
    { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', ailment: 'certificate-chain' },
    { code: 'ERR_SSL_WRONG_VERSION_NUMBER', ailment: 'tls-or-not' },
    { code: 'HPE_INVALID_CONSTANT', ailment: 'tls-or-not' },
    { code: 'UND_ERR_SOCKET', ailment: 'connection-broken' },
    { code: 'ENETUNREACH', ailment: 'no-route' },
    { code: 'UND_ERR_CONNECT_TIMEOUT', ailment: 'no-answer' },
    { code: undefined, ailment: 'no-answer' },
  ])('of $code is $ailment', ({ code, ailment }) => {
    const explained = explainSilence(SERVER, silenceOf(code))
    expect(explained.ailment).toBe(ailment)
    expect(explained.saw).toContain(SERVER)
    expect(isUnreachable(ailment)).toBe(!ailment.startsWith('certificate'))
  })

  it('repeats an error that it does not know', () => {
    expect(explainSilence(SERVER, silenceOf('ESTRANGE', 'a strange thing')).saw).toContain('(a strange thing)')
  })
})

describe('a redirect of the endpoint', () => {
  it.each([
    { status: 301, to: `${SERVER}/`, ailment: 'redirect-slash', outcome: 'stop' },
    { status: 308, to: `${SERVER}/`, ailment: 'redirect-slash', outcome: 'warn' },
    { status: 307, to: 'https://other.example/mcp', ailment: 'redirect-elsewhere', outcome: 'stop' },
    { status: 302, to: 'https://mcp.example.com/v2/mcp', ailment: 'redirect-elsewhere', outcome: 'stop' },
    { status: 302, to: 'https://mcp.example.com/oauth2/start?rd=x', ailment: 'sign-in-in-front', outcome: 'stop' },
    { status: 307, to: 'https://login.example/x', ailment: 'sign-in-in-front', outcome: 'stop' },
  ])('by $status to $to is $ailment', ({ status, to, ailment, outcome }) => {
    expect(judgeRedirect(SERVER, to, answerOf(status))).toMatchObject({ ailment, outcome })
  })

  it('from http to https takes the token out, even where it keeps the body', () => {
    const typed = SERVER.replace('https', 'http')
    const step = judgeRedirect(typed, SERVER, answerOf(308))
    expect(step).toMatchObject({ ailment: 'redirect-scheme', outcome: 'stop' })
    expect(step.saw).toMatch(/take the token out/)
  })

  it('may name a path alone', () => {
    expect(redirectOf(SERVER, answerOf(301, '', { location: '/mcp/' }))).toBe(`${SERVER}/`)
    expect(redirectOf(SERVER, answerOf(200, '', { location: '/mcp/' }))).toBeUndefined()
  })
})

describe('the answer to who has no token', () => {
  const CHALLENGE = { 'www-authenticate': 'Bearer error="insufficient_scope"' }
  it.each([
    { answer: answerOf(401), outcome: 'ok', ailment: undefined },
    { answer: answerOf(401, '<html>no</html>', HTML), outcome: 'ok', ailment: undefined },
    {
      answer: answerOf(401, '<html><input type="password"></html>', HTML),
      outcome: 'stop',
      ailment: 'sign-in-in-front',
    },
    { answer: answerOf(200, { jsonrpc: '2.0', id: 1, result: {} }), outcome: 'warn', ailment: 'open-door' },
    { answer: answerOf(200, '<html><div id="root"></html>', HTML), outcome: 'stop', ailment: 'page-in-front' },
    { answer: answerOf(200, 'hello'), outcome: 'stop', ailment: 'not-mcp' },
    { answer: answerOf(403, {}, CHALLENGE), outcome: 'stop', ailment: 'forbidden-without-token' },
    { answer: answerOf(403), outcome: 'stop', ailment: 'forbidden-in-front' },
    { answer: answerOf(403, '<html>blocked</html>', HTML), outcome: 'stop', ailment: 'forbidden-in-front' },
    { answer: answerOf(404, '<html>none</html>', HTML), outcome: 'stop', ailment: 'wrong-path' },
    { answer: answerOf(405), outcome: 'stop', ailment: 'post-refused' },
    { answer: answerOf(400, { error: 'Host is not allowed' }), outcome: 'stop', ailment: 'host-refused' },
    { answer: answerOf(429), outcome: 'stop', ailment: 'too-many-requests' },
    { answer: answerOf(500), outcome: 'stop', ailment: 'server-error' },
    { answer: answerOf(504, '<html>late</html>', HTML), outcome: 'stop', ailment: 'gateway-error' },
  ])('$answer.status "$answer.body" is $ailment', ({ answer, outcome, ailment }) => {
    const step = judgeDoor(SERVER, answer)
    expect(step.outcome).toBe(outcome)
    expect(step.ailment).toBe(ailment)
  })
})

describe('the challenge', () => {
  it.each([
    { header: undefined, ailment: 'challenge-missing' },
    { header: 'Basic realm="x"', ailment: 'challenge-not-bearer' },
    { header: 'Bearer', ailment: 'challenge-without-metadata' },
    { header: 'Bearer resource_metadata="/.well-known/x"', ailment: 'challenge-names-no-url' },
    { header: 'Bearer resource_metadata="http://mcp.example.com/.well-known/x"', ailment: 'forwarded-proto' },
    { header: 'Bearer resource_metadata="https://mcp.example.com/.well-known/x"', ailment: undefined },
  ])('$header is $ailment, and stops nobody by itself', ({ header, ailment }) => {
    const step = judgeChallenge(SERVER, answerOf(401, '', header === undefined ? {} : { 'www-authenticate': header }))
    expect(step.ailment).toBe(ailment)
    expect(step.outcome).toBe(ailment === undefined ? 'ok' : 'warn')
  })
})

describe('a page', () => {
  it.each([
    { body: '<!doctype html><form action="/login">', page: 'sign-in' },
    { body: '<!DOCTYPE html><html><input name=p type=password>', page: 'sign-in' },
    { body: '<html><div id="app"></div></html>', page: 'application' },
    { body: '  <html><h1>It works</h1></html>', page: 'page' },
    { body: '{"login":"<form>"}', page: undefined },
  ])('in $body is $page', ({ body, page }) => {
    expect(pageIn(answerOf(200, body))).toBe(page)
  })
})
