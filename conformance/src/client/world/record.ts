import type { Exchange } from '../../wire/message.ts'
import type { PartyName, Place, World } from './behaviours.ts'

/** A request that came to a party of a world, and what it was answered. */
export interface Visited extends Exchange {
  readonly party: PartyName
  readonly place: Place
  readonly answer: NonNullable<Exchange['answer']>
  /** Of the query of a GET, of the form of a POST. */
  readonly parameters: URLSearchParams
  /** The body as a JSON object; empty for what is none. */
  readonly json: Readonly<Record<string, unknown>>
}

/** How the run of a client in a world came to its end. */
export type Ending =
  | { readonly kind: 'exited'; readonly code: number | null }
  /** It had sent something and then nothing for a while. */
  | { readonly kind: 'quiet' }
  | { readonly kind: 'timeout' }
  /** It sent more requests than any flow needs. */
  | { readonly kind: 'flood' }

/** All that is known of one run of a client in one world. */
export interface Visit {
  readonly world: Pick<World, 'server' | 'issuer' | 'other' | 'memory'>
  /** In the order in which they were answered. */
  readonly requests: readonly Visited[]
  readonly ending: Ending
  /** The last that the client wrote, both streams together. */
  readonly output: string
  /** What the client gave the browser of the system to open. */
  readonly opened: readonly string[]
  /** Whether something was executed that should only have been read. */
  readonly canaryTouched: boolean
}

/** Requests to one place, in order. */
export function at({ requests }: Pick<Visit, 'requests'>, party: PartyName, place: Place): readonly Visited[] {
  return requests.filter((visited) => visited.party === party && visited.place === place)
}

/** Requests to one place of whichever party. */
export function everywhere({ requests }: Pick<Visit, 'requests'>, place: Place): readonly Visited[] {
  return requests.filter((visited) => visited.place === place)
}

/** Token requests with one grant type, wherever they went. */
export function tokenRequests(
  visit: Pick<Visit, 'requests'>,
  grantType: 'authorization_code' | 'refresh_token',
): readonly Visited[] {
  return everywhere(visit, 'token').filter(({ parameters }) => parameters.get('grant_type') === grantType)
}

/** What came after a request. */
export function after({ requests }: Pick<Visit, 'requests'>, visited: Visited): readonly Visited[] {
  return requests.slice(requests.indexOf(visited) + 1)
}
