import type { Person } from '../browser/browser.ts'
import { createBrowser } from '../browser/create-browser.ts'
import { isRecord } from '../mcp/json-rpc.ts'
import { type AuthorizationServer, endpointOf, type OAuthClient } from '../oauth/authorization-server.ts'
import { issuerAddresses } from '../oauth/find-authorization-server.ts'
import { jsonOf } from '../wire/message.ts'
import { Unanswered, type Wire } from '../wire/wire.ts'
import { createClients } from './clients.ts'
import type { DocumentHost } from './document-host.ts'
import type { Relay } from './evidence-wire.ts'
import { createFlow } from './flow.ts'
import type { AuthorizationServerSubject, ExchangeParty, MetadataPlace } from './subject.ts'

/** What every check of a run knows of the authorization server; a wire of its own makes a subject of it. */
export type AuthorizationServerFacts = Omit<AuthorizationServerSubject, 'wire'>

export interface MeetAuthorizationServer {
  readonly issuer: string
  readonly resource: string | undefined
  readonly otherResource: string | undefined
  readonly scopes: readonly string[]
  readonly stepUpScopes: readonly string[]
  /** Left out where the examiner has to register. */
  readonly client: OAuthClient | undefined
  readonly otherClient: OAuthClient | undefined
  readonly person: Person | undefined
  readonly exchange: ExchangeParty | undefined
  readonly documentHost: DocumentHost | undefined
  readonly wait: (milliseconds: number) => Promise<unknown>
}

/**
 * Looks for the metadata at every address, and sets up who signs in and by which client. Nothing is registered and nobody signs in
 * before a check needs it.
 * @throws Unanswered when no address answers at all
 */
export async function meetAuthorizationServer(
  relay: Relay,
  options: MeetAuthorizationServer,
): Promise<AuthorizationServerFacts> {
  const { issuer, person, resource, scopes } = options
  const places = await visitPlaces(relay, issuer)
  const place = places.find(({ document }) => document !== undefined)
  const server: AuthorizationServer | undefined =
    place?.document === undefined ? undefined : { issuer, url: place.url, metadata: place.document }
  const clients = createClients(relay, server, { first: options.client, second: options.otherClient })
  const canSignIn = person !== undefined && resource !== undefined && server !== undefined
  return {
    ...options,
    relay,
    met: [...relay.exchanges],
    places,
    server,
    clients,
    flow: canSignIn
      ? createFlow({ wire: relay, browser: browserFor(relay, server), person, server, clients, resource, scopes })
      : undefined,
  }
}

/** Pages may be on the issuer's own origin, where its authorization endpoint is on another. */
function browserFor(relay: Relay, server: AuthorizationServer) {
  const endpoint = endpointOf(server, 'authorization_endpoint') ?? server.issuer
  return createBrowser(relay, { origins: [new URL(server.issuer).origin, new URL(endpoint).origin] })
}

async function visitPlaces(wire: Wire, issuer: string): Promise<readonly MetadataPlace[]> {
  const places: MetadataPlace[] = []
  let silence: Unanswered | undefined
  for (const url of issuerAddresses(issuer)) {
    try {
      const answer = await wire.send({ method: 'GET', url, headers: [['accept', 'application/json']] })
      const value = answer.status === 200 ? jsonOf(answer) : undefined
      places.push({ url, answer, document: isRecord(value) ? value : undefined })
    } catch (error) {
      if (!(error instanceof Unanswered)) throw error
      silence = error
      places.push({ url, answer: undefined, document: undefined })
    }
  }
  if (silence !== undefined && places.every(({ answer }) => answer === undefined)) throw silence
  return places
}
