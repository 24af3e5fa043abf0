import { describe, expect, it } from 'vitest'
import type { Verdict } from '../../src/check/verdict.ts'
import { diffReports, renderDiff } from '../../src/report/diff.ts'
import { renderHtml } from '../../src/report/formats/html.ts'
import { renderHuman } from '../../src/report/formats/human.ts'
import { renderJson } from '../../src/report/formats/json.ts'
import type { Report } from '../../src/report/report.ts'
import { redactTarget } from '../../src/report/target-names.ts'
import { checkReport, everyVerdict, reportOf } from './sample-report.ts'

const of = (verdicts: Readonly<Record<string, Verdict>>): Report =>
  reportOf(Object.entries(verdicts).map(([id, verdict]) => checkReport({ id, verdict })))

describe('diff', () => {
  it('tells what got worse, better, came to apply, is new and is gone', () => {
    const before = of({
      a: 'pass',
      b: 'fail',
      c: 'warn',
      d: 'pass',
      e: 'not-applicable',
      f: 'fail',
      same: 'fail',
      left: 'pass',
    })
    const after = of({
      a: 'fail',
      b: 'pass',
      c: 'incomplete',
      d: 'not-applicable',
      e: 'fail',
      f: 'not-applicable',
      same: 'fail',
      come: 'warn',
    })
    const { worse, better, other, added, gone } = diffReports(before, after)
    const ids = (list: readonly { readonly id: string }[]): readonly string[] => list.map(({ id }) => id)
    expect(ids(worse)).toEqual(['a', 'c', 'e'])
    expect(ids(better)).toEqual(['b'])
    // A failure that no longer applies is not mended.
    expect(ids(other)).toEqual(['d', 'f'])
    expect(ids(added)).toEqual(['come'])
    expect(ids(gone)).toEqual(['left'])
  })

  it('is written with the worst first and counted at the end', () => {
    const text = renderDiff(diffReports(of({ a: 'pass', b: 'fail' }), of({ a: 'fail', b: 'warn', c: 'pass' })))
    expect(text.split('\n').map((line) => line.split(':')[0])).toEqual([
      'worse   a',
      'better  b',
      'new     c',
      '1 worse, 1 better, 0 changed, 1 new, 0 gone',
      '',
    ])
  })

  it('is empty between a report and itself', () => {
    expect(renderDiff(diffReports(everyVerdict, everyVerdict))).toBe('0 worse, 0 better, 0 changed, 0 new, 0 gone\n')
  })
})

describe('redactTarget', () => {
  const report = {
    ...reportOf([
      checkReport({
        detail:
          'metadata at https://AUTH.internal.corp.test/x and https%3A%2F%2Fmcp.corp.test%2Fmcp, see https://10.1.2.3:8443/a and http://127.0.0.1:9/',
        evidence: [
          {
            request: 'POST https://mcp.corp.test/mcp\nhost: mcp.corp.test\norigin: https://evil.example\n\n',
            response:
              '401\nserver: build-7.corp.test\nlocation: https://user@login.partner.test/\n\n{"aud":"https://MCP.corp.test.evil.example/mcp"}',
          },
        ],
      }),
    ]),
    target: 'https://mcp.corp.test/mcp',
  }
  const clean = redactTarget(report)

  it('leaves no name of a host in any format, however it is written, and the path and this machine stay', () => {
    const text = [renderHuman(clean), renderJson(clean), renderHtml(clean)].join('\n')
    expect(text).not.toMatch(/corp\.test|partner\.test|10\.1\.2\.3/i)
    expect(clean.target).toBe('https://target.example/mcp')
    expect(text).toContain('127.0.0.1:9')
    expect(text).toContain('https://evil.example')
  })

  it('keeps apart who is apart, and the sources of requirements', () => {
    const [check] = clean.checks
    expect(check?.source).toBe(report.checks[0]?.source)
    expect(new Set(check?.detail.match(/host-\d+\.example/g)).size).toBe(2)
  })
})
