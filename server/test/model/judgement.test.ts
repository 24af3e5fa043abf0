import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { times } from '../setup/scale.ts'
import { type Ground, openGround } from './ground.ts'
import { GRACES } from './measures.ts'
import { Model } from './model.ts'
import type { Real } from './step.ts'
import { CHANGES, FIRST_YES } from './steps-people.ts'
import { BEGINNING, REQUESTS } from './steps-requests.ts'
import { expectFeed, expectLiveness, expectTables } from './tables.ts'

const SEQUENCES = times(2_000, 50_000)
const STEPS_MAX = 24
// While the database works for one, the test thinks for another.
const LANES = 3
// A busy machine of two cores was seen to take seventy milliseconds a sequence.
const TIMEOUT_MS = times(600_000, 7_200_000)

const grounds: Ground[] = []
beforeAll(async () => {
  for (let lane = 0; lane < LANES; lane += 1) grounds.push(await openGround())
})
afterAll(() => Promise.all(grounds.map((ground) => ground.close())))

const sequence = fc.record({
  graceSeconds: fc.constantFrom(...GRACES),
  begun: fc.constantFrom(1, 2, 3, 3),
  steps: fc.commands([...REQUESTS, ...CHANGES], { maxCommands: STEPS_MAX, size: 'max' }),
})

function attack(ground: Ground, outcomes: Real['outcomes']): Promise<void> {
  const property = fc.asyncProperty(sequence, async ({ graceSeconds, begun, steps }) => {
    const place = await ground.begin(graceSeconds)
    const model = new Model(graceSeconds)
    const start = { model: { model, pending: [] }, real: { place, open: [], outcomes } }
    await fc.asyncModelRun(async () => start, [FIRST_YES, ...BEGINNING.slice(0, begun), ...steps])
    await expectTables(model, place)
    await expectFeed(model, place)
    await expectLiveness(model, place)
  })
  return fc.assert(property, { numRuns: Math.ceil(SEQUENCES / LANES) })
}

describe('codes, families, grants and consents', () => {
  it(
    'are what the model says, whatever comes between the reading of a request and its answer (A86, A88, A97, A104 to A106, A109, A111, A113, I1 to I6)',
    async () => {
      const outcomes: Real['outcomes'] = new Map()
      await Promise.all(grounds.map((ground) => attack(ground, outcomes)))
      // Sequences in which nothing was ever contested would pass the rest.
      expect([...outcomes.keys()].sort()).toEqual(['assertion-replayed', 'done', 'lost', 'refused', 'repeat'])
    },
    TIMEOUT_MS,
  )
})
