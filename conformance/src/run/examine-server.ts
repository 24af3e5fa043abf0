import type { Check, Permission } from '../check/check.ts'
import type { HostileIssuer } from '../issuer/hostile-issuer.ts'
import type { Revision } from '../mcp/revision.ts'
import { redactExchanges } from '../report/redaction.ts'
import { type CheckReport, type Report, summarise } from '../report/report.ts'
import type { Requirement } from '../requirements/requirement.ts'
import { meetServer, type ServerFacts } from '../server/meet-server.ts'
import type { RealTokens, TokensFor } from '../server/real-tokens.ts'
import type { AllowedCall, DownstreamPart, Profile, ServerSubject } from '../server/subject.ts'
import { BudgetSpentError, createPace, type Pace } from '../wire/pace.ts'
import { behindHost } from '../wire/shared-pace.ts'
import { createWires, Unanswered, type Wire } from '../wire/wire.ts'
import { runChecks } from './run-checks.ts'

/** The target does not answer, or what was to be started does not start: there is nothing to examine. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError'
}

/** Makes a source of real tokens for a server, which is closed at the end of the run. */
export type OpenTokens = (wire: Wire, target: TokensFor) => Promise<RealTokens & { close(): Promise<void> }>

/** One examination of one MCP server. */
export interface ExamineServer {
  readonly url: string
  readonly profile: Profile
  readonly issuer: HostileIssuer | undefined
  readonly token: string | undefined
  /** Signs in for real tokens once the server is known. */
  readonly openTokens?: OpenTokens | undefined
  readonly spec: Revision | undefined
  readonly scopes: readonly string[]
  /** Identifier of the server, where the operator named one. */
  readonly audience: string | undefined
  readonly allowedCalls: readonly AllowedCall[]
  readonly downstream: DownstreamPart | undefined
  /** Tools that may be called beside `allowedCalls`. */
  readonly tools: 'none' | 'read-only' | 'all'
  readonly permissions: ReadonlySet<Permission>
  readonly checks: readonly Check<ServerSubject>[]
  readonly requirements: ReadonlyMap<string, Requirement>
  readonly limits: RunLimits
  readonly userAgent: string
  /** The pace of its host, where other runs speak to that host meanwhile. */
  readonly hostPace?: Pace | undefined
  /** PEM of roots besides the usual ones. */
  readonly ca?: readonly string[] | undefined
  /** What was assumed about the server, in sentences, before the first check runs. */
  readonly onNote?: (note: string) => void
  readonly onResult?: (result: CheckReport, done: number, all: number) => void
}

/** How much a run may ask of its target. */
export interface RunLimits {
  readonly requestsPerSecond: number
  /** Requests in all. */
  readonly budget: number
  readonly timeoutMs: number
}

/**
 * Examines one MCP server.
 * @throws UnreachableError when it does not answer at all
 */
export async function examineServer(options: ExamineServer): Promise<Report> {
  const { limits, userAgent, url, hostPace, ca } = options
  const own = createPace({ requestsPerSecond: limits.requestsPerSecond, budget: limits.budget })
  const pace = hostPace === undefined ? own : behindHost(own, hostPace)
  const wires = createWires({ pace, timeoutMs: limits.timeoutMs, userAgent, ...(ca === undefined ? {} : { ca }) })
  const open: Awaited<ReturnType<OpenTokens>>[] = []
  const openTokens = async (wire: Wire, target: TokensFor): Promise<RealTokens | undefined> => {
    const tokens = await options.openTokens?.(wire, target)
    if (tokens !== undefined) open.push(tokens)
    return tokens
  }
  try {
    const { facts, notes } = await meetServer(wires.open(), { ...options, openTokens })
    const secrets = (): readonly string[] => [
      ...[options.token, facts.acceptedToken].filter((token) => token !== undefined),
      ...(facts.tokens?.secrets ?? []),
    ]
    const { text } = redactExchanges([], secrets())
    for (const note of notes) options.onNote?.(text(note))
    const checks = await runChecks({
      checks: options.checks,
      requirements: options.requirements,
      revision: facts.mcp.revision,
      permissions: options.permissions,
      openWire: wires.open,
      secrets,
      subjectFor: async (wire): Promise<ServerSubject> => ({ ...(await withLiveToken(facts)), wire }),
      ...(options.onResult === undefined ? {} : { onResult: options.onResult }),
    })
    return { target: url, spec: facts.mcp.revision, summary: summarise(checks), checks }
  } catch (error) {
    // Inside a check both are `incomplete`; here the run has not begun.
    if (error instanceof Unanswered || error instanceof BudgetSpentError) throw new UnreachableError(error.message)
    throw error
  } finally {
    for (const tokens of open) await tokens.close()
    await wires.close()
  }
}

/** Real tokens may be shorter than a run: each check begins with one that is still good. */
async function withLiveToken(facts: ServerFacts): Promise<ServerFacts> {
  const { tokens, acceptedToken, scopes } = facts
  if (tokens === undefined || acceptedToken === undefined) return facts
  const got = await tokens.get({ kind: 'scopes', scopes })
  return got.kind === 'token'
    ? { ...facts, acceptedToken: got.token, grantedScopes: got.scopes }
    : { ...facts, acceptedToken: undefined, whyNoToken: got.why }
}
