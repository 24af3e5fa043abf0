import type { Check } from '../../check/check.ts'
import { doubtful, type Finding, faulty, sound } from '../../check/finding.ts'
import { readCompact } from '../../issuer/compact.ts'
import { headerOf, type WireRequest } from '../../wire/message.ts'
import type { ServerSubject } from '../subject.ts'
import { withPassages } from './calling-downstream.ts'
import { downstreamRemedies } from './remedies.ts'

export const downstreamCredential: Check<ServerSubject> = {
  id: 'downstream-credential',
  requirement: 'RS-DS-02',
  title: 'What is behind the server is called with a credential that was made for it',
  risk: 'A token for this server in the hands of another service is a key to this server; and a service that takes it takes the tokens of everybody else’s servers too.',
  sends: 'The tools that --downstream-call names, each with a fresh token.',
  expects:
    'No bearer token at the downstream whose `aud` is this server. A static credential, and a token that only its issuer can read, are taken for sound.',
  remedies: downstreamRemedies(
    'Get a token whose `aud` is the downstream: by token exchange for the user, or by client credentials for the server itself.',
  ),
  run: (subject) =>
    withPassages(subject, (passages, { audience }) => {
      const findings = passages.flatMap(({ reached }) =>
        reached.map((request) => judge(request, subject.audience, audience)),
      )
      return (
        findings.find(({ kind }) => kind === 'faulty') ??
        findings.find(({ kind }) => kind === 'doubtful') ??
        worded(findings)
      )
    }),
}

function worded(findings: readonly Finding[]): Finding {
  return findings[0] ?? sound('nothing that is for this server arrived')
}

function judge(request: WireRequest, own: string, downstream: string): Finding {
  const audiences = audiencesOf(request)
  if (audiences === undefined) return sound('it is called without a token that can be read')
  const named = audiences.join(', ') || 'nobody'
  if (audiences.includes(downstream)) {
    return audiences.includes(own)
      ? doubtful(`the token that arrived is for ${named}: it opens this server as well`)
      : sound(`the token that arrived is for ${named}`)
  }
  if (audiences.includes(own)) return faulty(`the token that arrived is for ${named}, which is this server`)
  return doubtful(
    `the token that arrived is for ${named}, and the downstream is ${downstream} (--downstream-audience says otherwise)`,
  )
}

/** Audiences of a bearer token; undefined where there is none that can be read. */
export function audiencesOf(request: WireRequest): readonly string[] | undefined {
  const claims = readCompact(bearerOf(request) ?? '')?.claims
  return claims === undefined ? undefined : [claims.aud].flat().filter((aud) => typeof aud === 'string')
}

export function bearerOf(request: WireRequest): string | undefined {
  return /^bearer +(\S+)$/i.exec(headerOf(request, 'authorization') ?? '')?.[1]
}
