import { type CheckReport, type Report, summarise } from '../../src/report/report.ts'

/** A check as a run writes it, changed as asked. */
export function checkReport(change: Partial<CheckReport> = {}): CheckReport {
  return {
    id: 'other-audience-refused',
    title: 'A token for another resource is refused',
    level: 'must',
    verdict: 'fail',
    requirement: 'RS-TOK-04',
    source: 'https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization#token-handling',
    detail: '200 with the list of tools for a token whose audience is https://other.example/mcp',
    remedy: 'Compare aud with the identifier of the server before anything else is done with the token.',
    evidence: [
      {
        request:
          'POST https://mcp.corp.test/mcp\ncontent-type: application/json\nAuthorization: Bearer [token alg=ES256 aud=https://other.example/mcp]\n\n{"jsonrpc":"2.0","id":1,"method":"tools/list"}',
        response: '200\ncontent-type: application/json\n\n{"jsonrpc":"2.0","id":1,"result":{"tools":[]}}',
      },
    ],
    ...change,
  }
}

/** A report of such checks, counted. */
export function reportOf(checks: readonly CheckReport[]): Report {
  return { target: 'https://mcp.corp.test/mcp', spec: '2026-07-28', summary: summarise(checks), checks }
}

/** One check of each verdict. */
export const everyVerdict: Report = reportOf([
  checkReport({
    id: 'metadata-by-path',
    title: 'Metadata is found by its path',
    verdict: 'pass',
    detail: '200 with metadata',
  }),
  checkReport({
    id: 'scopes-in-challenge',
    title: 'A challenge names scopes',
    level: 'should',
    verdict: 'warn',
    detail: 'no scope',
  }),
  checkReport(),
  checkReport({ id: 'rotation-followed', verdict: 'incomplete', detail: 'the server accepted no token', evidence: [] }),
  checkReport({
    id: 'listen-ends',
    verdict: 'not-applicable',
    detail: 'it was not asked for: it needs --slow',
    evidence: [],
  }),
])
