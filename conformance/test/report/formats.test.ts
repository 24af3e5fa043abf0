import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { renderBadge } from '../../src/report/formats/badge.ts'
import { curlOf } from '../../src/report/formats/curl.ts'
import { renderAnnotations, renderStepSummary } from '../../src/report/formats/github.ts'
import { renderHuman } from '../../src/report/formats/human.ts'
import { renderJson } from '../../src/report/formats/json.ts'
import { renderJunit } from '../../src/report/formats/junit.ts'
import { renderSarif } from '../../src/report/formats/sarif.ts'
import { readReport } from '../../src/report/read-report.ts'
import { summaryLine } from '../../src/report/report.ts'
import { HOSTILE, hostileReport } from './hostile-text.ts'
import { checkReport, everyVerdict, reportOf } from './sample-report.ts'

const statementOf = (id: string): string | undefined =>
  id === 'RS-TOK-04' ? 'The audience is this server.' : undefined
const [failing] = everyVerdict.checks.filter(({ verdict }) => verdict === 'fail')

describe('the text for people', () => {
  const lines = renderHuman(everyVerdict, { statementOf }).trimEnd().split('\n')

  it('shows failures first, then what is incomplete, then warnings, and counts the rest', () => {
    const headings = lines.filter((line) => /^(?:FAIL|INCOMPLETE|WARN) /.test(line)).map((line) => line.split(' ')[0])
    expect(headings).toEqual(['FAIL', 'INCOMPLETE', 'WARN'])
    expect(lines).toContain('Not shown: 1 that passed and 1 that do not apply; --json has them with their evidence.')
  })

  it('ends with the line that programs wait for', () => {
    expect(lines.at(-1)).toBe('1 passed, 1 failed, 1 warned, 1 not applicable, 1 incomplete')
  })

  it('says of a failure what was sent, what came, what is asked and by whom, and how to mend it', () => {
    const text = lines.join('\n')
    expect(text).toContain('asked  MUST, RS-TOK-04: The audience is this server.')
    expect(text).toContain(`source ${failing?.source}`)
    expect(text).toContain(`mend   ${failing?.remedy}`)
    expect(text).toContain('sent   │ POST https://mcp.corp.test/mcp')
    expect(text).toContain('came   │ 200')
    expect(text).toContain(`again  curl -i -X POST 'https://mcp.corp.test/mcp'`)
  })

  it('has no colours without a stream, and those of styleText with one', () => {
    const control = String.fromCharCode(27)
    expect(lines.join('')).not.toContain(control)
    const stream = Object.assign(process.stdout, {})
    const asked = process.env.FORCE_COLOR
    process.env.FORCE_COLOR = '1'
    try {
      expect(renderHuman(everyVerdict, { stream })).toContain(`${control}[31mFAIL`)
    } finally {
      if (asked === undefined) delete process.env.FORCE_COLOR
      else process.env.FORCE_COLOR = asked
    }
  })

  it('lets no text of a server move the cursor or give a command to a CI system', () => {
    const text = renderHuman(hostileReport)
    expect(text).not.toMatch(/(?!\n)\p{Cc}|\u202e/u)
    expect(text.split('\n').filter((line) => line.trimStart().startsWith('::'))).toEqual([])
    expect(text).not.toContain('##[')
  })
})

describe('the line of curl', () => {
  const run = (line: string): readonly string[] =>
    execFileSync('sh', ['-c', `curl() { printf '%s\\0' "$@"; }; ${line}`], {
      env: { PATH: process.env.PATH, TOKEN: 'the-token', SESSION: 'the-session', SECRET: 'the-secret' },
    })
      .toString()
      .split('\0')
      .slice(0, -1)

  it('sends the same request, with variables where credentials were', () => {
    const evidence = {
      request: `POST https://a.test/mcp?access_token=[redacted]\nhost: a.test\nAuthorization: Bearer [token alg=ES256 aud=x]\nmcp-session-id: [redacted]\n\n{"a":"it's","password":"[redacted]"}`,
      response: '',
    }
    expect(run(curlOf(evidence) ?? '')).toEqual([
      '-i',
      '-X',
      'POST',
      'https://a.test/mcp?access_token=the-token',
      '-H',
      'Authorization: Bearer the-token',
      '-H',
      'mcp-session-id: the-session',
      '--data-raw',
      `{"a":"it's","password":"the-secret"}`,
    ])
  })

  it('makes a hostile body an argument and nothing else', () => {
    const line = curlOf({ request: `POST https://a.test/mcp\n\n${HOSTILE}$(touch x)\`id\``, response: '' }) ?? ''
    const words = run(line)
    expect(words).toHaveLength(6)
    expect(words.at(-1)).toContain("'; rm -rf ~ #")
    expect(words.at(-1)).toContain('$(touch x)`id`')
  })

  it('is missing where there was no request', () => {
    expect(curlOf({ request: '', response: '' })).toBeUndefined()
  })
})

describe('JSON', () => {
  it('has the members of the contract, in its order, and is read back', () => {
    const value = JSON.parse(renderJson(everyVerdict))
    expect(Object.keys(value)).toEqual(['target', 'spec', 'summary', 'checks'])
    expect(value.summary).toEqual({ pass: 1, fail: 1, warn: 1, notApplicable: 1, incomplete: 1 })
    const members = 'id title level verdict requirement source detail remedy evidence'.split(' ')
    expect(Object.keys(value.checks[0])).toEqual(members)
    expect(value.checks[2].evidence[0]).toEqual(failing?.evidence[0])
    expect(readReport(renderJson(everyVerdict))).toEqual(everyVerdict)
  })

  it('leaves out what a check may know beyond the contract', () => {
    const check = { ...checkReport(), token: 'secret' }
    expect(renderJson(reportOf([check]))).not.toContain('"token"')
  })

  it.each([
    ['no JSON', '{', /no JSON/],
    ['a list', '[]', /no object/],
    ['no target', '{}', /target/],
    [
      'a verdict of nobody',
      renderJson(everyVerdict).replace('"verdict": "fail"', '"verdict": "bad"'),
      /checks\[2\]\.verdict/,
    ],
    ['no detail', renderJson(everyVerdict).replace('"detail"', '"details"'), /checks\[0\]\.detail/],
  ])('a file with %s is refused with what is wrong', (_what, text, message) => {
    expect(() => readReport(text)).toThrow(message)
  })
})

describe('JUnit', () => {
  it('makes a failure of a failure, an error of what could not run, and skips what does not apply', () => {
    const xml = renderJunit(everyVerdict, statementOf)
    expect(xml).toContain('<testsuites name="sallyport-examine" tests="5" failures="1" errors="1">')
    expect(xml.match(/<testcase /g)).toHaveLength(5)
    expect(xml.match(/<failure type="must" message="200 with the list/g)).toHaveLength(1)
    expect(xml.match(/<error type="incomplete"/g)).toHaveLength(1)
    expect(xml.match(/<skipped /g)).toHaveLength(1)
    expect(xml.match(/<system-out>WARNING/g)).toHaveLength(1)
  })
})

describe('SARIF', () => {
  const log = JSON.parse(renderSarif(everyVerdict, { version: '0.1.0', statementOf }))
  const [run] = log.runs

  it('has a rule for each check, whose help is the text that asks for it', () => {
    expect(log.version).toBe('2.1.0')
    expect(run.tool.driver.rules.map((rule: { id: string }) => rule.id)).toEqual(
      everyVerdict.checks.map(({ id }) => id),
    )
    expect(run.tool.driver.rules[2]).toMatchObject({
      helpUri: failing?.source,
      fullDescription: { text: 'The audience is this server.' },
      defaultConfiguration: { level: 'error' },
    })
  })

  it('has results for failures and warnings alone, each pointing at its rule', () => {
    const found = run.results.map((result: { ruleId: string; ruleIndex: number; level: string }) => [
      result.ruleId,
      run.tool.driver.rules[result.ruleIndex].id,
      result.level,
    ])
    expect(found).toEqual([
      ['scopes-in-challenge', 'scopes-in-challenge', 'warning'],
      ['other-audience-refused', 'other-audience-refused', 'error'],
    ])
    expect(run.invocations[0].toolExecutionNotifications).toHaveLength(1)
  })
})

describe('GitHub', () => {
  it('annotates failures, warnings and what is incomplete, one line each', () => {
    const lines = renderAnnotations(everyVerdict).trimEnd().split('\n')
    expect(lines.map((line) => line.replace(/::[^:]*$/, '').split(' title=')[0])).toEqual([
      '::warning',
      '::error',
      '::notice',
    ])
    expect(lines[1]).toMatch(
      /^::error title=other-audience-refused%3A fail::A token for another resource is refused: 200/,
    )
  })

  it('gives one line for a hostile text, too', () => {
    expect(renderAnnotations(hostileReport).trimEnd().split('\n')).toHaveLength(2)
  })

  it('writes a summary in which a text of a server is neither markup nor link nor the end of a cell', () => {
    const text = renderStepSummary(hostileReport)
    expect(text).not.toContain('<script>')
    const [table = ''] = text.split('<details>')
    expect(table).not.toContain('](')
    expect(table).not.toContain('@')
    expect(text).not.toContain('href="javascript')
    expect(text).toMatch(/\n\n<pre>(?:.+\n)*.*<\/pre>/)
    expect(table.match(/^\| /gm)).toHaveLength(4)
    expect(text.match(/<\/pre>/g)).toHaveLength(2)
    expect(renderStepSummary(everyVerdict)).toContain(`**${summaryLine(everyVerdict.summary)}**`)
  })
})

describe('the badge', () => {
  it.each([
    ['fail', 'red', '1 failed'],
    ['incomplete', 'lightgrey', '1 incomplete'],
    ['warn', 'yellow', '1 passed, 1 warned'],
    ['not-applicable', 'brightgreen', '1 passed'],
  ] as const)('with a verdict of %s is %s', (verdict, color, message) => {
    const report = reportOf([checkReport({ verdict: 'pass' }), checkReport({ verdict })])
    expect(JSON.parse(renderBadge(report))).toEqual({ schemaVersion: 1, label: 'MCP authorization', message, color })
  })

  it('is not green when nothing was examined', () => {
    expect(JSON.parse(renderBadge(reportOf([]))).color).toBe('lightgrey')
  })
})
