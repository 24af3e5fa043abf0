import {
  accessTokenSeconds,
  type Duration,
  type ScopeDefinition,
  shorterDuration,
  TOOL_CLASSES,
} from '@sallyport/policy'
import type { LifetimeSettings } from '../../config/settings.ts'
import type { Permissions } from '../../store/permission.ts'
import { durationLabel, type PermissionView } from '../pages/index.ts'

const DURATIONS: readonly Duration[] = ['once', 'session', 'until_revoked']

/** What a form says of how long; anything else means the preselected one. */
export function parseDuration(value: string | null, preselected: Duration): Duration {
  return DURATIONS.find((duration) => duration === value) ?? preselected
}

/** `until_revoked` where any of the permissions allows it, else `session`. */
export function preselectedDuration(definitions: readonly ScopeDefinition[]): Duration {
  return definitions.some(({ longest }) => longest === 'until_revoked') ? 'until_revoked' : 'session'
}

/**
 * The choices of the page: none that no permission on it could have.
 * @param chosen what the person chose on a first try
 */
export function durationChoices(
  definitions: readonly ScopeDefinition[],
  sessionSeconds: number,
  chosen: string | null = null,
) {
  if (definitions.length === 0) return []
  const preselected = preselectedDuration(definitions)
  const offered = DURATIONS.filter((value) => value !== 'until_revoked' || preselected === 'until_revoked')
  const selected = offered.find((value) => value === chosen) ?? preselected
  return offered.map((value) => ({
    value,
    label: durationLabel(value, sessionSeconds),
    selected: value === selected,
  }))
}

/** @param firstTry before the person has changed anything; afterwards nothing comes ticked that was not */
export function permissionView(definition: ScopeDefinition, firstTry = true): PermissionView {
  const { scope, description, tools, toolClass, longest } = definition
  return { scope, description, tools, toolClass, longest, ticked: firstTry && TOOL_CLASSES[toolClass].preTicked }
}

/**
 * What the person agreed to: each permission lasts as the person chose, or shorter where its class says so.
 * @param agreement.now seconds since 1970
 */
export function agreedPermissions(agreement: {
  definitions: readonly ScopeDefinition[]
  duration: Duration
  interaction: string
  sessionUid: string
  lifetimes: LifetimeSettings
  now: number
}): Permissions {
  const { definitions, duration, interaction, sessionUid, lifetimes, now } = agreement
  const onceSeconds = accessTokenSeconds(
    definitions.map(({ toolClass }) => toolClass),
    lifetimes,
  )
  const ends = { once: now + onceSeconds, session: now + lifetimes.elevationSessionSeconds, until_revoked: null }
  const entries = definitions.map(({ scope, toolClass, longest }) => {
    const lasts = shorterDuration(duration, longest)
    const where = TOOL_CLASSES[toolClass].initial ? {} : { session: sessionUid }
    const said = lasts === 'once' ? { interaction } : where
    return [scope, { class: toolClass, duration: lasts, endsAt: ends[lasts], ...said }] as const
  })
  return Object.fromEntries(entries)
}
