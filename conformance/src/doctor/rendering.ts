import { styleText } from 'node:util'
import { onOneLine } from '../report/formats/plain-text.ts'
import type { Diagnosis } from './diagnose.ts'
import type { Outcome, Step } from './step.ts'

const COLOURS = { ok: 'green', warn: 'yellow', stop: 'red' } as const satisfies Record<Outcome, string>
const NAME_WIDTH = 20

/**
 * One step, for who reads a terminal.
 * @param stream where it will be written: colours as that terminal and NO_COLOR want them; without it there are none
 */
export function stepLines(step: Step, stream: NodeJS.WritableStream | undefined): readonly string[] {
  const { id, outcome, saw, change } = step
  const word = outcome.padEnd(4)
  const painted = stream === undefined ? word : styleText(COLOURS[outcome], word, { stream })
  const indent = ' '.repeat(outcome.length < 4 ? 4 : word.length)
  return [
    `${painted}  ${id.padEnd(NAME_WIDTH)} ${onOneLine(saw)}`,
    ...(change === undefined ? [] : [`${indent}  ${' '.repeat(NAME_WIDTH)} -> ${onOneLine(change)}`]),
  ]
}

/** What the walk comes to; always one line. */
export function lastLine({ cause, steps, walked }: Pick<Diagnosis, 'cause' | 'steps' | 'walked'>): string {
  if (cause !== undefined) {
    return onOneLine(`Most likely: ${cause.saw} ${cause.change}`)
  }
  const far = walked === 'to the end' ? '' : ' as far as a client comes without a token'
  const warned = steps.filter(({ outcome }) => outcome === 'warn').length
  return `Nothing in the way${far}${warned === 0 ? '' : `; ${warned} to look at`}.`
}

/** The diagnosis as programs read it; what to do first stands first. */
export function renderDiagnosis({ target, cause, steps }: Diagnosis): string {
  const shown = steps.map(({ id, outcome, saw, change = null, ailment = null }) => ({
    id,
    outcome,
    saw,
    change,
    ailment,
  }))
  return `${JSON.stringify({ target, cause: cause ?? null, steps: shown }, undefined, 2)}\n`
}
