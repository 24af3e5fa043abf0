import { type DifferenceKind, differenceOf } from '../difference.ts'
import type { Ailing } from '../step.ts'
import type { ReadToken } from './claims.ts'
import type { Expectation } from './expectation.ts'

/** The closer ones tell more about what happened. */
const CLOSEST: readonly DifferenceKind[] = [
  'slash',
  'case',
  'scheme',
  'port',
  'typo',
  'prefix',
  'parent',
  'child',
  'other',
]

/**
 * Whether the token is for this server: the classic cause of a sign-in that succeeds and leads nowhere.
 * @see https://www.rfc-editor.org/rfc/rfc9068#section-4
 */
export function dislikesAudience({ claims: { aud } }: ReadToken, { resources }: Expectation): Ailing | undefined {
  const named = [aud].flat().filter((each) => typeof each === 'string')
  const [resource] = resources
  if (resource === undefined || named.some((each) => resources.includes(each))) return undefined
  if (named.length === 0) {
    return {
      ailment: 'audience-missing',
      saw: `The token has no \`aud\`, and the server has to find ${resource} there.`,
      change: `Let the authorization server write ${resource} into \`aud\`: it must honour the \`resource\` parameter, or have an audience mapper for it.`,
    }
  }
  const differences = named.map((each) => differenceOf(each, resource))
  const closest = differences.sort((a, b) => CLOSEST.indexOf(a.kind) - CLOSEST.indexOf(b.kind))[0]
  const kind = closest?.kind ?? 'other'
  return {
    ailment: `audience-${kind}`,
    saw: `\`aud\` of the token is not the \`resource\` of the server: ${closest?.words ?? named.join(', ')}.`,
    change: CHANGES[kind]?.(resource) ?? OTHER(resource),
  }
}

/** Where metadata and URL differ, a server may compare with either; the token then is for one of them. */
export function dislikesUrl(
  { claims: { aud } }: ReadToken,
  { resources: [resource, url] }: Expectation,
): Ailing | undefined {
  const named: readonly unknown[] = [aud].flat()
  if (resource === undefined || url === undefined || named.includes(resource) || !named.includes(url)) return undefined
  return {
    ailment: 'audience-is-the-url',
    saw: `\`aud\` of the token is the URL that was typed, ${url}, and the server calls itself ${resource}.`,
    change: SAME_TEXT(resource),
  }
}

const OTHER = (resource: string): string =>
  `Let the authorization server write ${resource} into \`aud\` (the \`resource\` parameter, an audience mapper, an API identifier); the token was made for something else.`
const SAME_TEXT = (resource: string): string =>
  `Write ${resource} in the same characters into the authorization server and the MCP server.`

const CHANGES: Readonly<Partial<Record<DifferenceKind, (resource: string) => string>>> = {
  slash: SAME_TEXT,
  case: SAME_TEXT,
  scheme: SAME_TEXT,
  port: SAME_TEXT,
  typo: SAME_TEXT,
}
