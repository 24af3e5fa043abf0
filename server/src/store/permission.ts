import { type Duration, shorterDuration, TOOL_CLASSES, type ToolClass, type ToolsFile } from '@sallyport/policy'

/** One scope a person agreed to, as it lies in a consent or a grant. */
export interface Permission {
  readonly class: ToolClass
  readonly duration: Duration
  /** Seconds since 1970; null where it lasts until taken back. */
  readonly endsAt: number | null
  /** For `once`: uid of the interaction it was said in. No other authorization may use it. */
  readonly interaction?: string
  /** For more than reading: uid of the browser session it was said in. Elsewhere it has to be asked for by name. */
  readonly session?: string
}

/** Scope to permission. */
export type Permissions = Readonly<Record<string, Permission>>

/**
 * The name of a permission in a consent. What was said once has one of its own, so that it takes nothing from what another
 * tab was told for longer.
 */
export function nameInConsent(scope: string, { duration, interaction = '' }: Permission): string {
  return duration === 'once' ? `${scope} ${interaction}` : scope
}

/** Permissions by scope, as they lie in a consent by name. */
export function asInConsent(permissions: Permissions): Permissions {
  const entries = Object.entries(permissions)
  return Object.fromEntries(entries.map(([scope, permission]) => [nameInConsent(scope, permission), permission]))
}

/**
 * The permissions of a grant that have not ended.
 * @param now seconds since 1970
 */
export function livePermissions(permissions: Permissions, now: number): Permissions {
  return keep(permissions, (permission) => {
    if (!TOOL_CLASSES[permission.class].standing) return false
    return permission.endsAt === null || permission.endsAt > now
  })
}

/**
 * The permissions that the resource's tools file would still let a person give. A scope that is gone, that became more severe
 * than it was when it was agreed to, or that may no longer last as long, has to be asked for anew.
 */
export function permittedPermissions(
  permissions: Permissions,
  tools: Pick<ToolsFile, 'scopes'> | undefined,
): Permissions {
  const permitted = Object.entries(permissions).filter(([scope, permission]) => {
    const definition = tools?.scopes.get(scope)
    if (definition === undefined) return false
    const { severity, standing } = TOOL_CLASSES[definition.toolClass]
    if (!standing || severity > TOOL_CLASSES[permission.class].severity) return false
    return shorterDuration(permission.duration, definition.longest) === permission.duration
  })
  return Object.fromEntries(permitted)
}

/**
 * The permissions of a consent that a new grant may be made from.
 * @param now seconds since 1970
 * @param interaction uid of the interaction that leads to the grant, where there was one
 */
export function reusablePermissions(permissions: Permissions, now: number, interaction?: string): Permissions {
  const live = livePermissions(permissions, now)
  const once = Object.entries(live).filter(([, permission]) => permission.duration === 'once')
  const said = once.filter(([, permission]) => interaction !== undefined && permission.interaction === interaction)
  return {
    ...keep(live, ({ duration }) => duration !== 'once'),
    ...Object.fromEntries(said.map(([name, permission]) => [name.split(' ', 1).join(), permission])),
  }
}

/** The permissions of a grant that outlive its first access token. */
export function lastingPermissions(permissions: Permissions): Permissions {
  return keep(permissions, ({ duration }) => duration !== 'once')
}

/**
 * Whether a permission that was not asked for by name goes along nevertheless: reading does, more only in the browser
 * session in which the person said so.
 */
export function isCarriedOver(permission: Permission, sessionUid: string | undefined): boolean {
  if (permission.duration === 'once') return false
  return TOOL_CLASSES[permission.class].initial || (sessionUid !== undefined && permission.session === sessionUid)
}

/** The earliest end among `scopes` in seconds since 1970, or undefined when none of them ends. */
export function earliestEnd(permissions: Permissions, scopes: Iterable<string>): number | undefined {
  const ends = [...scopes].map((scope) => permissions[scope]?.endsAt ?? null).filter((end) => end !== null)
  return ends.length === 0 ? undefined : Math.min(...ends)
}

function keep(permissions: Permissions, test: (permission: Permission) => boolean): Permissions {
  return Object.fromEntries(Object.entries(permissions).filter(([, permission]) => test(permission)))
}
