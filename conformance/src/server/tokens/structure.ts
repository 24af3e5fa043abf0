import type { Check } from '../../check/check.ts'
import type { ServerSubject } from '../subject.ts'
import type { Forger } from './forger.ts'
import { type Forgery, forgeryCheck } from './forgery-check.ts'
import { verifierRemedies } from './remedies.ts'

const criticalHeader = forgeryCheck({
  id: 'token-critical-header',
  requirement: 'RS-TOK-03',
  title: 'Refuses a token with a critical extension that it does not know',
  risk: 'An issuer writes `crit` to say: whoever does not understand this must not take the token. A server that skips it drops whatever limit was meant.',
  sends: 'A sound token, then the same one with `crit` naming an extension that nobody knows.',
  expects: '401.',
  remedies: verifierRemedies('Refuse a token whose `crit` names anything that the verifier does not implement.'),
  forgeries: () => [
    {
      name: 'with an unknown critical extension',
      change: { header: { crit: ['https://elsewhere.example/limit'], 'https://elsewhere.example/limit': true } },
    },
  ],
})

const duplicateClaims = forgeryCheck({
  id: 'token-duplicate-claims',
  requirement: 'RS-TOK-03',
  title: 'Reads a claim that is there twice as its last one, or refuses the token',
  risk: 'Where gateway and server read different ones of two claims, what the first has checked is not what the second uses.',
  sends:
    'A sound token, then tokens with a claim twice, the right value first and a wrong one last: `aud` of another server, `exp` that is past.',
  expects: '401 to both.',
  remedies: verifierRemedies('Parse the payload with a JSON parser that refuses repeated names, or takes the last.'),
  forgeries: ({ audience, now }: Forger): readonly Forgery[] => {
    const foreign = { claims: { aud: 'https://elsewhere.example/mcp' } }
    const expired = { claims: { iat: now - 3_600, exp: now - 600 } }
    return [
      {
        name: 'with a second `aud` that is another server',
        change: { ...foreign, bendPayload: before('aud', audience) },
        unless: foreign,
      },
      {
        name: 'with a second `exp` that is past',
        change: { ...expired, bendPayload: before('exp', now + 300) },
        unless: expired,
      },
    ]
  },
})

/** Puts a member in front of all others; one of the same name that is there already comes later. */
function before(name: string, value: unknown): (json: string) => string {
  return (json) => json.replace('{', () => `{${JSON.stringify(name)}:${JSON.stringify(value)},`)
}

/** Whether a server reads tokens as the specifications say they are to be read. */
export const structureChecks: readonly Check<ServerSubject>[] = [criticalHeader, duplicateClaims]
