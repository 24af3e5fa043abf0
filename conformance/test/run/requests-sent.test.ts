import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { describe, expect, it } from 'vitest'
import { startPlainServer } from '../../fixtures/sound/plain/plain-server.ts'
import { examineFixture } from '../detection/examination.ts'

/** At five requests a second this is half a minute. */
const REQUESTS_MAX = 150

describe('a run without --slow', () => {
  it('needs half a minute at the usual pace, and shows for each verdict what it was made of', async () => {
    let sent = 0
    const count = (): void => {
      sent += 1
    }
    subscribe('undici:request:create', count)
    const { report } = await examineFixture((settings) => startPlainServer(settings))
    unsubscribe('undici:request:create', count)
    expect(sent).toBeGreaterThan(report.summary.pass)
    expect(sent).toBeLessThanOrEqual(REQUESTS_MAX)
    const withoutEvidence = report.checks.filter(({ verdict, evidence }) => verdict === 'pass' && evidence.length === 0)
    expect(withoutEvidence).toEqual([])
  })
})
