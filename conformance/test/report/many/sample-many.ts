import type { ManyReport, TargetReport } from '../../../src/report/many.ts'
import { HOSTILE, hostileReport } from '../hostile-text.ts'
import { checkReport, everyVerdict, reportOf } from '../sample-report.ts'

const sound: TargetReport = {
  ...reportOf([checkReport({ verdict: 'pass', requirement: 'RS-401-01', id: 'no-token-refused', detail: '401' })]),
  name: 'sound',
  spec: '2025-11-25',
}

/** One of each kind. */
export const mixed: ManyReport = {
  targets: [
    { ...everyVerdict, name: 'mixed' },
    sound,
    {
      name: 'gone',
      target: 'https://gone.corp.test/mcp',
      unreachable: 'POST https://gone.corp.test/mcp: no answer in time',
    },
  ],
}

/** Whose every text of a stranger is hostile. */
export const hostileMany: ManyReport = {
  targets: [
    { ...hostileReport, name: HOSTILE },
    { name: `${HOSTILE} too`, target: `https://x.test/${HOSTILE}`, unreachable: HOSTILE },
  ],
}
