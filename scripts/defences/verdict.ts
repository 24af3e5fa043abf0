import type { Defence } from './defence.ts'
import type { TestRun } from './run-tests.ts'

/**
 * - `noticed`: the test failed by what it asserts.
 * - `survived`: it passed, as if the defence were nothing to it.
 * - `unjudged`: it did not come to a judgement: it was not found, or something else broke.
 */
export interface Verdict {
  readonly kind: 'noticed' | 'survived' | 'unjudged'
  readonly detail: string
}

// What expectations throw. An error of any other name is a program that broke, which proves no defence.
const ASSERTION = /^AssertionError\b/

/** What a run with the defence off says about the test. */
export function judgeOff({ test }: Pick<Defence, 'test'>, run: TestRun): Verdict {
  const ran = testsOf(test, run)
  if (ran.length === 0) return { kind: 'unjudged', detail: run.trouble ?? 'no test of this name ran' }
  const failures = ran.flatMap(({ failures }) => failures)
  const asserted = failures.find((failure) => ASSERTION.test(failure))
  if (asserted !== undefined) return { kind: 'noticed', detail: firstLine(asserted) }
  if (ran.every(({ status }) => status === 'passed')) return { kind: 'survived', detail: `${ran.length} passed` }
  return { kind: 'unjudged', detail: firstLine(failures[0] ?? run.trouble ?? 'the test failed and said nothing') }
}

/** Why a run with every defence on is no ground to judge by; undefined where the test passes. */
export function judgeOn({ test }: Pick<Defence, 'test'>, run: TestRun): string | undefined {
  const ran = testsOf(test, run)
  if (ran.length === 0) return run.trouble ?? 'no test of this name ran'
  const bad = ran.find(({ status }) => status !== 'passed')
  return bad && `it fails with the defence on: ${firstLine(bad.failures[0] ?? bad.status)}`
}

function testsOf({ file, name }: Defence['test'], { tests }: TestRun): TestRun['tests'] {
  const ran = ['passed', 'failed']
  return tests.filter((test) => test.file === file && test.name.includes(name) && ran.includes(test.status))
}

function firstLine(text: string): string {
  return text.split('\n', 1).join()
}
