import type { Detected } from '../../mcp/detect.ts'
import { bearerParameters, scopesIn } from '../../server/challenge.ts'
import { headersOf, type WireAnswer } from '../../wire/message.ts'
import { type Ailing, ok, type Step, stop, warn } from '../step.ts'
import type { ReadToken } from '../token/claims.ts'
import type { Dislike } from '../token/dislikes.ts'

/** What is known of a token when its answer is judged. */
export interface Background {
  /** The answer to the same question without a token. */
  readonly without: WireAnswer
  readonly dislikes: readonly Dislike[]
  /** Undefined for a token that cannot be read. */
  readonly token: ReadToken | undefined
}

/** What the server made of the token; a refusal is explained by what was seen of the token before. */
export function judgeReception(detected: Detected, background: Background): Step {
  if (detected.kind === 'speaks') return accepted(background)
  const { answer } = detected
  if (answer.status === 401) return stop('token', explainRefusal(answer, background))
  if (answer.status === 403) return stop('token', explainForbidden(answer, background))
  if (answer.status >= 500) {
    return stop('token', {
      ailment: 'server-cannot-verify',
      saw: `With a token it answers ${answer.status}, and without one ${background.without.status}: it cannot verify.`,
      change:
        'Check that the server itself reaches the authorization server (metadata, keys, introspection) by the name that it was configured with: egress, DNS in the container, private certificate.',
    })
  }
  return stop('token', {
    ailment: 'not-mcp-with-token',
    saw: `With a token it answers ${answer.status}, and not as an MCP server does.`,
    change: 'Look into the log of the server; the revision that clients speak may not be one of its own.',
  })
}

function accepted({ dislikes }: Background): Step {
  const certain = dislikes.find((dislike) => dislike.certain)
  if (certain === undefined) return ok('token', 'It accepts the token.')
  return warn('token', {
    ailment: 'accepted-all-the-same',
    saw: `It accepts the token, although ${lower(certain.saw)}`,
    change: 'Let the server check what it leaves out; `sallyport-examine server` says what else.',
  })
}

function explainRefusal(answer: WireAnswer, { without, dislikes }: Background): Ailing {
  const said = whatItSays(answer)
  const certain = dislikes.find((dislike) => dislike.certain)
  if (certain !== undefined) return refusedFor(certain, said)
  if (isSameRefusal(answer, without)) {
    return {
      ailment: 'authorization-lost',
      saw: 'With the token it answers exactly as without one: the Authorization header does not seem to arrive.',
      change:
        'Let every proxy on the way pass Authorization on (Apache with CGI or WSGI, some gateways and sidecars drop it).',
    }
  }
  const likely = dislikes[0]
  if (likely !== undefined) return refusedFor(likely, said)
  return {
    ailment: 'token-refused',
    saw: `It refuses the token (${said}), and nothing in the token explains it.`,
    change:
      'Compare issuer, audience and keys that the server is configured with; restart it if it keeps old keys; its log names the reason.',
  }
}

const refusedFor = ({ ailment, saw, change }: Dislike, said: string): Ailing => ({
  ailment,
  saw: `It refuses the token (${said}). ${saw}`,
  change,
})

/** A server that has seen a token says so: `invalid_token`, or a reason that is not that it is missing. */
function isSameRefusal(answer: WireAnswer, without: WireAnswer): boolean {
  const [now, before] = [answer, without].map((each) => headersOf(each, 'www-authenticate').join(', '))
  const parameters = bearerParameters(answer)
  const missing = /missing|no (?:token|auth)|not (?:provided|found)|required/i
  const sawNone = parameters?.get('error') === undefined || missing.test(parameters.get('error_description') ?? '')
  return now === before && sawNone && answer.body === without.body
}

function explainForbidden(answer: WireAnswer, { token }: Background): Ailing {
  const needed = scopesIn(bearerParameters(answer)?.get('scope'))
  const held = scopesIn(typeof token?.claims.scope === 'string' ? token.claims.scope : undefined)
  const missing = needed.filter((scope) => !held.includes(scope))
  if (missing.length > 0) {
    return {
      ailment: 'scope-missing',
      saw: `It accepts the token, and refuses the request for want of the scope ${missing.join(' ')} (403).`,
      change:
        'Ask for that scope at sign-in, let the authorization server know and grant it, and name it in `scopes_supported`.',
    }
  }
  return {
    ailment: 'forbidden-with-token',
    saw: `It answers 403 to the token (${whatItSays(answer)}), and names no scope that is missing.`,
    change:
      'Something else forbids it: a rule about the person, the tenant or the client, or a firewall that reads Authorization.',
  }
}

function whatItSays(answer: WireAnswer): string {
  const parameters = bearerParameters(answer)
  const words = [parameters?.get('error'), parameters?.get('error_description')].filter((word) => word !== undefined)
  return [answer.status, ...words].join(' ')
}

const lower = (sentence: string): string => `${sentence[0]?.toLowerCase()}${sentence.slice(1)}`
