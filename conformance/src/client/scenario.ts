import type { Check } from '../check/check.ts'
import { type Finding, incomplete } from '../check/finding.ts'
import type { ClientSubject } from './subject.ts'
import type { WorldChange } from './world/behaviours.ts'
import type { Visit, Visited } from './world/record.ts'

/** What a record says of one question, and the requests that decide it. */
export interface Judgement {
  readonly finding: Finding
  readonly decisive?: readonly (Visited | undefined)[]
}

/** A question to a client: a world, and how its record is read. */
export interface Scenario extends Omit<Check<ClientSubject>, 'run' | 'permission'> {
  readonly world: WorldChange
  /** Pure. @param sound what the same client did where nobody is hostile */
  judge(visit: Visit, sound: Visit): Judgement
}

/** A check that knows its world, so that a plan can tell it. */
export interface ClientCheck extends Check<ClientSubject> {
  readonly world: WorldChange
}

/** Makes a check of a scenario: nothing is judged of a client that does not come through where nobody is hostile. */
export function scenarioCheck({ world, judge, ...words }: Scenario): ClientCheck {
  return {
    ...words,
    world,
    async run(subject) {
      const sound = subject.meet()
      if (sound.kind === 'incomplete') return incomplete(sound.why)
      const visit = await subject.visit(world)
      const { finding, decisive = [] } = judge(visit, sound.visit)
      subject.show(decisive.filter((visited) => visited !== undefined))
      return finding
    },
  }
}
