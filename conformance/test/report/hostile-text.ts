import type { Report } from '../../src/report/report.ts'
import { checkReport, reportOf } from './sample-report.ts'

/** What a server may say to harm whoever reads a report of it. */
export const HOSTILE = [
  '<script>alert(1)</script>"><img src=x onerror=alert(2)>',
  '\u001b[2J\u001b]0;owned\u0007',
  '::set-output name=a::b',
  '  ::stop-commands::x',
  '##[add-path]/tmp/evil',
  '</pre></details>',
  ']]>&lt;!--',
  '\u0000\u0008\ufffe\u202egnp.exe',
  "'; rm -rf ~ #",
  '| a | [x](javascript:alert(3)) @everyone `code`',
].join('\n')

/** A report whose every text of a stranger is hostile. */
export const hostileReport: Report = {
  ...reportOf([
    checkReport({
      detail: HOSTILE,
      evidence: [
        {
          request: `POST https://mcp.corp.test/mcp?q='\nx-note: ${HOSTILE.replaceAll('\n', ' ')}\n\n${HOSTILE}`,
          response: `200\n\n${HOSTILE}`,
        },
      ],
    }),
    checkReport({ id: 'soft', verdict: 'warn', detail: HOSTILE, source: 'javascript:alert(4)' }),
  ]),
  target: `https://mcp.corp.test/${HOSTILE}`,
}
