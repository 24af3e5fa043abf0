import type { Check } from '../check/check.ts'
import type { Requirement } from '../requirements/requirement.ts'
import type { PlannedStep } from '../run/plan-server.ts'
import type { ServerOptions } from './server-options.ts'

/** One line a check: id, requirement, levels by revision where they differ, title. */
export function listLines(
  checks: readonly Pick<Check<never>, 'id' | 'requirement' | 'title' | 'permission'>[],
  requirements: ReadonlyMap<string, Requirement>,
): readonly string[] {
  const width = Math.max(0, ...checks.map(({ id }) => id.length))
  return checks.map(({ id, requirement, title, permission }) => {
    const levels = [...new Set(Object.values(requirements.get(requirement)?.levels ?? {}))].join('/')
    const needs = permission === undefined ? '' : ` (--${permission === 'effects' ? 'allow-effects' : permission})`
    return `${id.padEnd(width)}  ${requirement.padEnd(10)} ${levels.padEnd(8)} ${title}${needs}`
  })
}

/** The plan of a run, as text. */
export function planLines(steps: readonly PlannedStep[], { start }: Pick<ServerOptions, 'start'>): readonly string[] {
  const count = steps.reduce((sum, { requests }) => sum + requests.length, 0)
  return [
    ...(start === undefined ? [] : [`would start: ${start.command}`, '']),
    ...steps.flatMap(({ check, sends, requests }) => [
      `## ${check ?? 'before the first check'}`,
      sends,
      ...requests.flatMap((request) => ['', ...request.split('\n').map((line) => `    ${line}`.trimEnd())]),
      '',
    ]),
    `${count} requests to a sound server; what the answers of another one would lead to is said in words.`,
  ]
}
