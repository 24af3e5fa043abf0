import { type Duration, shorterDuration, TOOL_CLASSES, type ToolClass } from '@sallyport/policy'
import { MESSAGES, permissionEnd, pluralForm } from './messages.ts'
import { buildSentence, type Sentence } from './sentence.ts'
import type { ConsentView, PermissionView } from './views.ts'

/** When a permission ends, for the choices of duration that lead to this end. */
export interface PermissionEnd {
  readonly text: string
  readonly choices: readonly Duration[]
  /** Shown where the browser cannot follow the choice by style (`:has`). */
  readonly isPreselected: boolean
}

/** One row of the list of permissions. */
export interface Permission {
  readonly scope: string
  readonly description: string
  readonly toolClass: ToolClass
  readonly classLabel: string
  readonly tools?: Sentence
  readonly needsApproval: boolean
  readonly isTicked: boolean
  readonly ends: readonly PermissionEnd[]
}

/**
 * @param durations what the person can choose from; empty where nothing is chosen, then `ends` is empty too.
 * @param elevationSessionSeconds how long `session` lasts, in seconds.
 */
export function buildPermission(
  view: PermissionView,
  durations: ConsentView['durations'],
  elevationSessionSeconds: number,
): Permission {
  const { label, standing } = TOOL_CLASSES[view.toolClass]
  return {
    scope: view.scope,
    description: view.description,
    toolClass: view.toolClass,
    classLabel: label,
    ...(view.tools.length > 0 && { tools: buildTools(view.tools) }),
    needsApproval: !standing,
    isTicked: view.ticked,
    ends: standing ? buildEnds(view.longest, durations, elevationSessionSeconds) : [],
  }
}

function buildTools(tools: readonly string[]): Sentence {
  return buildSentence(pluralForm(MESSAGES.tools, tools.length), {
    count: String(tools.length),
    names: tools.join(', '),
  })
}

/** The shorter of each choice and what the class allows; choices with the same outcome share one text. */
function buildEnds(
  longest: Duration,
  durations: ConsentView['durations'],
  elevationSessionSeconds: number,
): PermissionEnd[] {
  const choicesByEnd = Map.groupBy(durations, (duration) => shorterDuration(duration.value, longest))
  return [...choicesByEnd].map(([end, choices]) => ({
    text: permissionEnd(end, elevationSessionSeconds),
    choices: choices.map((choice) => choice.value),
    isPreselected: choices.some((choice) => choice.selected),
  }))
}
