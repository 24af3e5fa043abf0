import { describe, expect, it } from 'vitest'
import { endsSearch, judgeLookup, type Lookup, placesOf } from '../../src/doctor/metadata/lookup.ts'
import { answerOf, replyOf, silenceOf } from './replies.ts'

const SERVER = 'https://mcp.example.com/notes/mcp'
const WELL_KNOWN = 'https://mcp.example.com/.well-known/oauth-protected-resource'
const BESIDE = `${WELL_KNOWN}/notes/mcp`
const DOCUMENT = { resource: SERVER }
const HTML = '<!doctype html><title>x</title>'

describe('where clients look for the metadata', () => {
  it('is where the challenge points, then beside the path, then at the root', () => {
    const refusal = answerOf(401, '', { 'www-authenticate': `Bearer resource_metadata="https://mcp.example.com/x"` })
    expect(placesOf(SERVER, refusal)).toEqual([
      { address: 'https://mcp.example.com/x', by: 'challenge' },
      { address: BESIDE, by: 'beside' },
      { address: WELL_KNOWN, by: 'root' },
    ])
  })

  it('is the root alone for a server without a path', () => {
    expect(placesOf('https://mcp.example.com', answerOf(401))).toEqual([{ address: WELL_KNOWN, by: 'root' }])
  })

  it.each([
    { reply: replyOf(404), by: 'challenge', ends: true },
    { reply: replyOf(404), by: 'beside', ends: false },
    { reply: silenceOf('ECONNREFUSED'), by: 'beside', ends: false },
    { reply: replyOf(200, HTML), by: 'beside', ends: true },
    { reply: replyOf(502), by: 'beside', ends: true },
    { reply: replyOf(200, DOCUMENT), by: 'root', ends: true },
  ] as const)('ends at $reply.kind $reply.answer.status by $by: $ends', ({ ends, ...lookup }) => {
    expect(endsSearch({ address: BESIDE, ...lookup })).toBe(ends)
  })
})

describe('what is found there', () => {
  const found: readonly (Partial<Lookup> & { ailment: string | undefined; outcome: string })[] = [
    { reply: replyOf(200, DOCUMENT), outcome: 'ok', ailment: undefined },
    { reply: replyOf(200, JSON.stringify(DOCUMENT)), outcome: 'warn', ailment: 'metadata-type' },
    { reply: replyOf(200, HTML), outcome: 'stop', ailment: 'well-known-shadowed' },
    { reply: replyOf(200, `${HTML}<input type="password">`), outcome: 'stop', ailment: 'metadata-guarded' },
    { reply: replyOf(200, 'hello'), outcome: 'stop', ailment: 'metadata-not-json' },
    { reply: replyOf(200, [DOCUMENT]), outcome: 'stop', ailment: 'metadata-not-json' },
    { reply: replyOf(401), outcome: 'stop', ailment: 'metadata-guarded' },
    { reply: replyOf(404), outcome: 'stop', ailment: 'metadata-not-there' },
    { reply: replyOf(404, HTML), outcome: 'stop', ailment: 'metadata-not-there' },
    { reply: replyOf(503), outcome: 'stop', ailment: 'metadata-error' },
    { reply: silenceOf('ECONNREFUSED'), outcome: 'stop', ailment: 'metadata-unreachable' },
    { address: `${WELL_KNOWN}/mcp`, reply: replyOf(404), outcome: 'stop', ailment: 'prefix-stripped' },
    { address: 'http://notes:3000/x', reply: silenceOf('ENOTFOUND'), outcome: 'stop', ailment: 'internal-address' },
    {
      address: BESIDE.replace('https', 'http'),
      reply: silenceOf('ECONNREFUSED'),
      outcome: 'stop',
      ailment: 'forwarded-proto',
    },
    {
      reply: replyOf(302),
      followed: { address: `${BESIDE}/`, reply: replyOf(200, DOCUMENT) },
      outcome: 'warn',
      ailment: 'metadata-redirected',
    },
    {
      reply: replyOf(302),
      followed: { address: 'https://mcp.example.com/', reply: replyOf(200, HTML) },
      outcome: 'stop',
      ailment: 'metadata-redirected',
    },
  ]
  it.each(found)('$reply.kind $reply.answer.status at $address is $ailment', ({ ailment, outcome, ...lookup }) => {
    const step = judgeLookup(SERVER, { address: BESIDE, by: 'challenge', reply: replyOf(404), ...lookup })
    expect({ outcome: step.outcome, ailment: step.ailment }).toEqual({ outcome, ailment })
  })
})
