import { authorizationServerChecks } from '../../../src/as/checks.ts'
import type { DocumentHost } from '../../../src/as/document-host.ts'
import type { Report } from '../../../src/report/report.ts'
import { requirementsById } from '../../../src/requirements/requirements.ts'
import { type ExamineAuthorizationServer, examineAuthorizationServer } from '../../../src/run/examine-as.ts'

/** Nobody is disturbed by a fast run at a server of our own on this machine. */
const LIMITS = { requestsPerSecond: 100_000, budget: 2_000, timeoutMs: 10_000 }

export type IssuerRun = Partial<Omit<ExamineAuthorizationServer, 'documentHost'>> & {
  readonly issuer: string
  readonly documentHost?: DocumentHost
  readonly only?: readonly string[]
}

/** Every check of `as` mode, or those that are named, at one issuer. */
export function examineIssuer({ only, ...run }: IssuerRun): Promise<Report> {
  return examineAuthorizationServer({
    resource: undefined,
    otherResource: undefined,
    scopes: [],
    stepUpScopes: [],
    client: undefined,
    otherClient: undefined,
    person: undefined,
    exchange: undefined,
    documentHost: undefined,
    // Tests outwait nothing.
    wait: async () => undefined,
    spec: '2026-07-28',
    permissions: new Set(),
    checks: authorizationServerChecks.filter(({ id }) => only === undefined || only.includes(id)),
    requirements: requirementsById,
    limits: LIMITS,
    userAgent: 'sallyport-examine/test',
    ...run,
  })
}

/** Ids of checks by verdict, with what they saw: what differs is read at once. */
export function verdictsOf({ checks }: Report, ...verdicts: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    checks.filter(({ verdict }) => verdicts.includes(verdict)).map(({ id, detail }) => [id, detail]),
  )
}
