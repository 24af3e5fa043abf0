import { describe, expect, it } from 'vitest'
import { judgeBrowser, type SeenByBrowser } from '../../src/doctor/answers/browser.ts'
import { causeOf } from '../../src/doctor/cause.ts'
import { ok, stop, warn } from '../../src/doctor/step.ts'
import { replyOf, silenceOf } from './replies.ts'

const OPEN = { 'access-control-allow-origin': '*' }
const SEEN: SeenByBrowser = {
  origin: 'http://localhost:6274',
  preflight: replyOf(204, '', { ...OPEN, 'access-control-allow-headers': 'Authorization, *' }),
  refusal: replyOf(401, '', {
    ...OPEN,
    'www-authenticate': 'Bearer',
    'access-control-expose-headers': 'WWW-Authenticate',
  }),
  metadata: replyOf(200, {}, OPEN),
  issuer: replyOf(200, {}, { 'access-control-allow-origin': 'http://localhost:6274' }),
  token: undefined,
}

describe('a client in a browser', () => {
  it.each([
    { change: {}, ailment: undefined },
    { change: { preflight: silenceOf(undefined) }, ailment: 'cors-endpoint' },
    { change: { preflight: replyOf(401, '', OPEN) }, ailment: 'cors-endpoint' },
    { change: { preflight: replyOf(204) }, ailment: 'cors-endpoint' },
    {
      change: { preflight: replyOf(204, '', { ...OPEN, 'access-control-allow-headers': '*' }) },
      ailment: 'cors-endpoint',
    },
    { change: { refusal: replyOf(401, '', { ...OPEN, 'www-authenticate': 'Bearer' }) }, ailment: 'cors-challenge' },
    { change: { refusal: replyOf(401, '', OPEN) }, ailment: undefined },
    { change: { refusal: replyOf(403) }, ailment: 'cors-challenge' },
    { change: { metadata: replyOf(200) }, ailment: 'cors-metadata' },
    {
      change: { issuer: replyOf(200, {}, { 'access-control-allow-origin': 'https://a.example' }) },
      ailment: 'cors-issuer',
    },
    { change: { token: replyOf(400) }, ailment: 'cors-token' },
  ])('is stopped by $ailment, and that counts where it is asked about', ({ change, ailment }) => {
    expect(judgeBrowser({ ...SEEN, ...change }, false)).toMatchObject({ outcome: ailment ? 'warn' : 'ok' })
    expect(judgeBrowser({ ...SEEN, ...change }, true).ailment).toBe(ailment)
    expect(judgeBrowser({ ...SEEN, ...change }, true).outcome).toBe(ailment ? 'stop' : 'ok')
  })

  it('is told everything that it may not', () => {
    const { saw } = judgeBrowser({ ...SEEN, metadata: replyOf(200), token: replyOf(400) }, true)
    expect(saw).toMatch(/protected resource metadata cannot be read; answers of the token endpoint cannot be read/)
  })
})

describe('the cause', () => {
  const ailing = (ailment: string) => ({ ailment, saw: 'It is.', change: 'Mend it.' })
  it('is where clients stop first, and no warning before it', () => {
    const steps = [ok('a', 'x'), warn('b', ailing('odd')), stop('c', ailing('first')), stop('d', ailing('second'))]
    expect(causeOf(steps)).toEqual({ step: 'c', ...ailing('first') })
    expect(causeOf(steps.slice(0, 2))).toBeUndefined()
  })
})
