import type { Check } from '../../check/check.ts'
import { doubtful, type Finding, faulty, notApplicable, sound } from '../../check/finding.ts'
import { isAccepted, isSuccess, readRpc } from '../../mcp/json-rpc.ts'
import type { McpCall } from '../../mcp/speaker.ts'
import type { WireAnswer } from '../../wire/message.ts'
import { askWithoutToken, controlToken, inWords } from '../asking.ts'
import { bearerParameters, scopesIn } from '../challenge.ts'
import type { ServerSubject } from '../subject.ts'
import { operationsOf } from './guarded-operation.ts'
import { scopeRemedies } from './remedies.ts'

/** A scope that no server knows: the token has scopes, and none that helps. */
const USELESS_SCOPE = 'sallyport-examine:nothing'

interface Compared {
  readonly name: string
  readonly useless: WireAnswer
}

export const missingScopeIsForbidden: Check<ServerSubject> = {
  id: 'missing-scope-is-forbidden',
  requirement: 'RS-403-01',
  title: 'A missing scope is 403, neither 401 nor an error within a 200',
  risk: 'After 401 a client throws a good token away and signs in again, and again; within a 200 it never learns that consent would help.',
  sends:
    'tools/list, and the allowed calls, with the accepted token, and with one like it but for a scope that no server knows.',
  expects: '403, where the second is refused and the first is not.',
  remedies: scopeRemedies(
    'Refuse a good token that lacks a scope by HTTP 403 with a challenge; keep 401 for tokens that are not good.',
  ),
  run: (subject) =>
    withComparison(subject, (compared) => {
      const findings = compared.map(judge)
      const worst = findings.find(({ kind }) => kind === 'faulty') ?? findings.find(({ kind }) => kind === 'doubtful')
      const first = findings.find(({ kind }) => kind === 'sound')
      return worst ?? first ?? notApplicable('nothing that the run may ask for needs a scope')
    }),
}

export const scopeAskedIsNeeded: Check<ServerSubject> = {
  id: 'scope-asked-is-needed',
  requirement: 'RS-403-01',
  title: 'Scopes that the server asks for are looked for',
  risk: 'People consent to less and the client can do all the same: the scopes are a drawing of a door.',
  sends: 'What the first challenge asks for, and the allowed calls with a token that has none of it.',
  expects:
    'A refusal of at least one. Where every one is done a warning: which operation needs which scope is known to the author alone.',
  remedies: scopeRemedies('Compare the scopes of the token with those of each operation before it is done.'),
  async run(subject) {
    const asked = scopesIn(bearerParameters(await askWithoutToken(subject))?.get('scope'))
    if (asked.length === 0) return notApplicable('its first challenge asks for no scopes')
    if (subject.allowedCalls.length === 0)
      return notApplicable('a list of tools may need no scope, and --call names no tool that may be called')
    return withComparison(subject, (compared) => {
      if (compared.some(({ useless }) => !isDone(useless)))
        return sound('a token with another scope is refused something')
      const names = compared.map(({ name }) => name).join(', ')
      return doubtful(`it asks for ${asked.join(' ')}, and does ${names} for a token that has none of it`)
    })
  },
}

async function withComparison(
  subject: ServerSubject,
  question: (compared: readonly Compared[]) => Finding,
): Promise<Finding> {
  const { issuer, audience, mcp, wire } = subject
  if (issuer === undefined) return notApplicable('a token with other scopes is one that only the issuer can make')
  const control = await controlToken(subject)
  if (control.kind === 'none') return control.finding
  const token = await issuer.mint(audience, { claims: { scope: USELESS_SCOPE } })
  const ask = (call: McpCall, bearer: string): Promise<WireAnswer> => mcp.call(wire, { ...call, token: bearer })
  const compared: Compared[] = []
  for (const { name, call } of operationsOf(subject)) {
    // The list was done for that token a moment ago: it is how the token is known to be sound.
    const isGood = call.method === 'tools/list' || isDone(await ask(call, control.token))
    if (isGood) compared.push({ name, useless: await ask(call, token) })
  }
  return compared.length === 0 ? notApplicable('nothing was done with the accepted token') : question(compared)
}

/** Done, and not a tool that says of itself that it failed. */
function isDone(answer: WireAnswer): boolean {
  const rpc = readRpc(answer)
  return isAccepted(answer) && !(rpc?.kind === 'result' && rpc.result.isError === true)
}

function judge({ name, useless }: Compared): Finding {
  if (isDone(useless)) return notApplicable(`${name} needs no scope`)
  const words = `${name} without its scope is answered ${inWords(useless)}`
  if (useless.status === 403) return sound(words)
  if (useless.status === 401) return faulty(words)
  // A list fails for no other reason; a tool may.
  if (isSuccess(useless)) return name === 'tools/list' ? faulty(words) : doubtful(words)
  return doubtful(words)
}
