import { expect, it } from 'vitest'
import type { Check, Permission } from '../../src/check/check.ts'
import { sound } from '../../src/check/finding.ts'
import { requirementsById } from '../../src/requirements/requirements.ts'
import { runChecks } from '../../src/run/run-checks.ts'
import { openTestWire } from '../setup/test-wire.ts'

function checkWith(permission?: Permission): Check<undefined> {
  const words = { title: '', risk: '', sends: '', expects: '', remedies: { general: '' } }
  const run = async () => sound('')
  return { id: permission ?? 'plain', requirement: 'RS-TOK-03', ...words, run, ...(permission && { permission }) }
}

it('a check may send two requests at once, and one that was allowed to stress the subject twenty', async () => {
  const asked: number[] = []
  const { wire, close } = openTestWire()
  await runChecks({
    checks: [checkWith(), checkWith('slow'), checkWith('stress')],
    requirements: requirementsById,
    revision: '2026-07-28',
    permissions: new Set(['slow', 'stress']),
    subjectFor: () => undefined,
    openWire: (burstMost) => {
      asked.push(burstMost)
      return wire
    },
  })
  await close()
  expect(asked).toEqual([2, 2, 20])
})
