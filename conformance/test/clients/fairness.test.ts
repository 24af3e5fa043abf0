import { describe, expect, it } from 'vitest'
import type { Behaviours } from '../../fixtures/clients/plain/behaviours.ts'
import { MESSAGES, runPlainClient, SOUND } from '../../fixtures/clients/plain/plain-client.ts'
import { runSdk1Client } from '../../fixtures/clients/sdk/sdk1-client.ts'
import { refreshRotation } from '../../src/client/tokens/withdrawn.ts'
import type { Visit, Visited } from '../../src/client/world/record.ts'
import type { CheckReport } from '../../src/report/report.ts'
import { examineFunction } from './examination.ts'

/** A whole run is some fifty worlds. */
const RUN_MS = 120_000

async function examine(change: Partial<Behaviours>, only?: readonly string[]): Promise<readonly CheckReport[]> {
  const run = (settings: Parameters<typeof runPlainClient>[0]) => runPlainClient(settings, { ...SOUND, ...change })
  return (await examineFunction(run, only === undefined ? {} : { only })).checks
}

describe('a client is not judged by what was never seen', () => {
  it(
    'nothing passes at a client that does not come through where nobody is hostile',
    async () => {
      const checks = await examine({ isState: () => false })
      expect(new Set(checks.map(({ verdict }) => verdict))).toEqual(new Set(['incomplete']))
      expect(checks[0]?.detail).toMatch(/it did not redeem the code; .* the answer has another state/)
      expect(checks[0]?.evidence.at(-1)?.request).toMatch(/\/authorize/)
      expect(checks[1]?.detail).toMatch(/the first check says/)
    },
    RUN_MS,
  )

  it('registrations are no matter of a client that has a document for every server (CL-REG-02, CL-REG-03)', async () => {
    const only = ['client-application-type', 'client-authenticates-by-header', 'client-credentials-not-reused']
    const checks = await examine({ namesDocument: () => true }, only)
    expect(checks.map(({ id, verdict }) => [id, verdict])).toEqual([
      ['client-application-type', 'not-applicable'],
      ['client-authenticates-by-header', 'not-applicable'],
      ['client-credentials-not-reused', 'pass'],
    ])
  })

  it('a command that sends one message is not accused of what it never had to do (CL-TOK-05, CL-REG-03)', async () => {
    const only = [
      'client-credentials-not-reused',
      'client-refresh-on-refusal',
      'client-refresh-rotation',
      'client-refresh-token-not-shown',
      'client-resource-in-refresh',
    ]
    const one = MESSAGES.filter(({ method }) => method === 'tools/list').slice(0, 1)
    const { checks } = await examineFunction((settings) => runPlainClient(settings, SOUND, one), { only })
    expect(checks.length).toBe(only.length)
    expect(new Set(checks.map(({ verdict }) => verdict))).toEqual(new Set(['not-applicable']))
  })

  it(
    'a client is asked what its revision asks: iss came with 2026-07-28 (CL-AZ-04)',
    async () => {
      const only = ['client-iss-wrong', 'client-mix-up', 'client-pkce']
      const own = await examineFunction(runSdk1Client, { only })
      expect(own.spec).toBe('2025-11-25')
      expect(own.checks.map(({ id }) => id)).toEqual(['client-pkce'])
      const later = await examineFunction(runSdk1Client, { only, spec: '2026-07-28' })
      expect(later.checks.filter(({ verdict }) => verdict === 'fail').map(({ id }) => id)).toEqual([
        'client-iss-wrong',
        'client-mix-up',
      ])
    },
    RUN_MS,
  )
})

describe('a replaced refresh token that comes again', () => {
  const endpoint = (token: string, status: number): Visited => visited('endpoint', `Bearer ${token}`, status, '')
  const refresh = (old: string, access: string): Visited => ({
    ...visited('token', '', 200, JSON.stringify({ access_token: access })),
    parameters: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: old }),
  })
  const judge = (requests: readonly Visited[]): string => refreshRotation.judge(visit(requests), visit([])).finding.kind

  it('is no fault where two refreshes ran at the same moment', () => {
    expect(judge([endpoint('a', 401), endpoint('a', 401), refresh('r1', 'b'), refresh('r1', 'c')])).toBe('sound')
  })

  it('is one where what replaced it was in use already', () => {
    const requests = [
      endpoint('a', 401),
      refresh('r1', 'b'),
      endpoint('b', 200),
      endpoint('b', 401),
      refresh('r1', 'c'),
    ]
    expect(judge(requests)).toBe('faulty')
  })
})

describe('a report about a client', () => {
  it('shows no token that a client writes before it fails', async () => {
    let token = ''
    const run = async (settings: Parameters<typeof runPlainClient>[0]): Promise<void> => {
      const present: Behaviours['present'] = (given, method, url) => {
        if (given !== undefined) token = given
        if (token !== '') throw new Error(`something broke near ${token}`)
        return SOUND.present(given, method, url)
      }
      await runPlainClient(settings, { ...SOUND, present })
    }
    const { checks } = await examineFunction(run, { only: ['client-pkce'] })
    expect(checks[0]?.detail).toMatch(/something broke near \[redacted\]/)
    expect(token).not.toBe('')
    expect(JSON.stringify(checks)).not.toContain(token)
  })

  it('shows no token, code, verifier or secret of the worlds', async () => {
    const seen: string[] = []
    const note = (text: string | null | undefined): void => {
      if (text !== null && text !== undefined) seen.push(text)
    }
    const { checks } = await examineFunction(
      (settings) =>
        runPlainClient(settings, {
          ...SOUND,
          present(token, method, url) {
            note(token)
            return SOUND.present(token, method, url)
          },
          async open(address, session) {
            const answer = await SOUND.open(address, session)
            note(answer?.get('code'))
            return answer
          },
          authenticate(client, form) {
            for (const name of ['code_verifier', 'refresh_token']) note(form.get(name))
            note(client.secret)
            return SOUND.authenticate(client, form)
          },
        }),
      {
        only: ['client-pkce', 'client-refresh-rotation', 'client-authenticates-by-form', 'client-token-not-redirected'],
      },
    )
    expect(seen.length).toBeGreaterThan(10)
    const text = JSON.stringify(checks)
    expect(seen.filter((secret) => text.includes(secret))).toEqual([])
  })
})

function visited(place: Visited['place'], authorization: string, status: number, body: string): Visited {
  const headers = authorization === '' ? [] : [['authorization', authorization] as const]
  return {
    party: place === 'token' ? 'issuer' : 'server',
    place,
    request: { method: 'POST', url: 'http://127.0.0.1:1/', headers },
    answer: { status, headers: [], body, truncated: false },
    parameters: new URLSearchParams(),
    json: {},
  }
}

function visit(requests: readonly Visited[]): Visit {
  const memory = { clients: new Map(), codes: new Map(), accessTokens: new Map(), refreshTokens: new Map(), carried: 0 }
  return {
    world: { server: 'http://127.0.0.1:1/mcp', issuer: 'http://127.0.0.1:2', other: 'http://127.0.0.1:3', memory },
    requests,
    ending: { kind: 'exited', code: 0 },
    output: '',
    opened: [],
    canaryTouched: false,
  }
}
