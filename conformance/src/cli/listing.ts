import type { Check } from '../check/check.ts'
import { argumentsFor } from '../client/drive/command.ts'
import { SOUND_WORLD } from '../client/meet-client.ts'
import type { ClientCheck } from '../client/scenario.ts'
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

/** The plan of a run at a client: the worlds it would be sent into, in words. */
export function clientPlanLines(
  checks: readonly Pick<ClientCheck, 'id' | 'sends' | 'expects' | 'world'>[],
  words: readonly string[],
): readonly string[] {
  const worlds = [...new Set([SOUND_WORLD, ...checks.map(({ world }) => world)])]
  return [
    `would run: ${argumentsFor(words, { url: '<url>', folder: '<folder>' }).join(' ')}`,
    '',
    ...worlds.flatMap((world) => [
      `## ${world.name}`,
      ...checks
        .filter((check) => check.world === world)
        .flatMap(({ id, sends, expects }) => [`${id}: ${sends}`, `    a sound client: ${expects}`]),
      '',
    ]),
    `${worlds.length} runs of the client, each with an MCP server and authorization servers of its own on 127.0.0.1.`,
  ]
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
