import type { Check } from '../../check/check.ts'
import { doubtful, type Finding, faulty, notApplicable, sound } from '../../check/finding.ts'
import { readCompact } from '../../issuer/compact.ts'
import type { TokenExchange } from '../../issuer/exchange.ts'
import type { ServerSubject } from '../subject.ts'
import { type Passage, withPassages } from './calling-downstream.ts'
import { bearerOf } from './downstream-credential.ts'
import { downstreamRemedies } from './remedies.ts'

export const downstreamExchange: Check<ServerSubject> = {
  id: 'downstream-exchange',
  requirement: 'RS-DS-02',
  title: 'An exchanged token is made of the caller’s, for the downstream, and is the one that is sent',
  risk: 'An exchange that names the wrong target makes a second key to this server; one of another person’s token lets the caller act as them.',
  sends: 'The tools that --downstream-call names, each with a fresh token, and an issuer that exchanges tokens.',
  expects:
    'An exchange of that token with the downstream as `resource` or `audience`; at the downstream the token that came of it, with its `aud` and `act`. A server that exchanges nothing is not judged.',
  remedies: downstreamRemedies(
    'Exchange the token of the call itself, name the downstream as `resource`, and send what came back, for this caller alone.',
  ),
  run: (subject) =>
    withPassages(subject, (passages, { audience }) => {
      const made = subject.issuer?.exchanges ?? []
      const target = { own: subject.audience, downstream: audience }
      const findings = passages.flatMap((passage) => judge(passage, made, target))
      const worst = findings.find(({ kind }) => kind === 'faulty') ?? findings.find(({ kind }) => kind === 'doubtful')
      return worst ?? findings[0] ?? notApplicable('it exchanges nothing at its issuer: its credential is its own')
    }),
}

interface Target {
  readonly own: string
  readonly downstream: string
}

/** @param made every exchange of the run: a server may keep a token for its user */
function judge(passage: Passage, made: readonly TokenExchange[], target: Target): readonly Finding[] {
  const arrived = passage.reached.flatMap((request) => bearerOf(request) ?? [])
  const sent = made.filter(({ token }) => token !== undefined && arrived.includes(token))
  if (sent.length > 0) return sent.map((exchange) => judgeExchange(exchange, passage, target))
  if (passage.exchanges.some(({ token }) => token !== undefined))
    return [doubtful('it exchanged the token, and what arrived is something else')]
  if (passage.exchanges.length > 0)
    return [
      doubtful('it asked for an exchange that no issuer grants: without a target, or of a token that is not good'),
    ]
  return arrived.flatMap((token) => judgeForeign(token, passage, target))
}

function judgeExchange(
  { subjectToken, targets, token = '' }: TokenExchange,
  { inbound }: Passage,
  target: Target,
): Finding {
  const whose = subjectOf(subjectToken)
  if (whose !== subjectOf(inbound)) return faulty('the token that it exchanged is of another user than the caller')
  if (targets.includes(target.own)) return faulty(`it asked for a token for ${target.own}, which is this server itself`)
  if (!targets.includes(target.downstream))
    return doubtful(`it asked for a token for ${targets.join(', ')}, and the downstream is ${target.downstream}`)
  return proven(token)
}

/** Of an issuer that is not the examiner's the token alone tells: who it is for, and who acts for whom. */
function judgeForeign(token: string, { inbound }: Passage, { downstream }: Target): readonly Finding[] {
  const claims = readCompact(token)?.claims
  const isExchanged = claims?.act !== undefined && [claims.aud].flat().includes(downstream)
  return isExchanged && token !== inbound && claims.sub === subjectOf(inbound) ? [proven(token)] : []
}

function proven(token: string): Finding {
  const { aud, act } = readCompact(token)?.claims ?? {}
  return sound(`the token that arrived was exchanged: aud ${JSON.stringify(aud)}, act ${JSON.stringify(act)}`)
}

function subjectOf(token: string): unknown {
  return readCompact(token)?.claims.sub
}
