import { randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import type { TestServer } from '../setup/authorization-server.ts'
import { BALANCED, balanceBooks } from '../setup/books.ts'
import type { Findings, tallyFaults } from '../setup/tally.ts'
import type { Load } from './load.ts'

/** Codes that are being redeemed when the fault comes, beside the families. */
const CODES = 2
/** Answers begin to come after about this long, so that what happens within it meets every stage of a request. */
const ANSWERS_WITHIN_MS = 60

export const POLL = { timeout: 60_000, interval: 20 }

/**
 * One fault in the middle of the load, and what it left: waits until every family lives again, then balances what clients
 * hold with what the database holds.
 * @param fault.harm ends when the harm is done; what has to be seen while it lasts is looked at there
 * @param fault.mend takes the cause away; recovery is counted from its end
 */
export async function endure(
  home: Pick<TestServer, 'databaseUrl'>,
  load: Load,
  fault: { harm: () => Promise<unknown>; mend?: () => Promise<unknown> },
  tally: ReturnType<typeof tallyFaults>,
): Promise<void> {
  const { ledger } = load
  const codes = await load.makeCodes(CODES)
  const [answered, refused] = [ledger.answered(), ledger.refused()]
  const redeemed = load.redeemAll(codes)
  await sleep(randomInt(ANSWERS_WITHIN_MS))
  await fault.harm()
  await fault.mend?.()
  const mendedAt = performance.now()
  ledger.forgetAlive()
  await ledger.nextAnswer()
  const recoveryMs = performance.now() - mendedAt
  await redeemed
  await expect.poll(() => hasFindings(load) || ledger.alive() === load.families, POLL).toBe(true)
  const books = await balanceBooks(home, [...ledger.exchanged])
  const findings: Findings = {
    duplicated: [...books.duplicated, ...ledger.findings.duplicated],
    lost: [...books.lost, ...ledger.findings.lost],
    halfIssued: books.halfIssued,
  }
  tally.add({ recoveryMs, answered: ledger.answered() - answered, refused: ledger.refused() - refused, findings })
  expect(findings).toEqual(BALANCED)
}

function hasFindings({ ledger }: Load): boolean {
  return ledger.findings.lost.length + ledger.findings.duplicated.length > 0
}

/** Until somebody was told to come again, or got no answer. */
export async function refusalSeen({ ledger }: Load): Promise<void> {
  const before = ledger.refused()
  await expect.poll(() => ledger.refused(), POLL).toBeGreaterThan(before)
}
