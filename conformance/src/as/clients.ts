import { REDIRECT_URI } from '../live/live-options.ts'
import { type AuthorizationServer, endpointOf, type OAuthClient } from '../oauth/authorization-server.ts'
import { refusalInWords } from '../oauth/oauth-answer.ts'
import { nativeClient, type RegistrationAnswer, registerClient } from '../oauth/registration.ts'
import { missing, unasked } from './asking.ts'
import type { EvidenceWire } from './evidence-wire.ts'
import { remember } from './memory.ts'

const SECOND_REDIRECT_URI = 'http://127.0.0.1:8977/callback'
/** A name that writes on a page unless it is shown as text. */
export const MARKUP_NAME = 'examiner <b data-examiner="1">bold</b>'

/** The clients of a run: one that the operator named or that registered itself, and another beside it. */
export interface Clients {
  /** Whether the first one was registered by the run, so that what it is is known. */
  readonly areOwn: boolean
  /** @throws Unmet where there is none and none can be had */
  first(): Promise<OAuthClient>
  /** A client that nobody has agreed to yet. @throws Unmet */
  second(): Promise<OAuthClient>
  /** Registers one more. @throws Unmet where there is no registration */
  register(metadata: Readonly<Record<string, unknown>>): Promise<RegistrationAnswer>
}

export function createClients(
  wire: EvidenceWire,
  server: AuthorizationServer | undefined,
  given: { readonly first: OAuthClient | undefined; readonly second: OAuthClient | undefined },
): Clients {
  const register = async (metadata: Readonly<Record<string, unknown>>): Promise<RegistrationAnswer> => {
    if (server === undefined) throw missing('no metadata was found, so there is nowhere to register')
    if (endpointOf(server, 'registration_endpoint') === undefined) throw unasked('it has no registration')
    return registerClient(wire, server, metadata)
  }
  const registered = async (...candidates: readonly Readonly<Record<string, unknown>>[]): Promise<OAuthClient> => {
    const refused: string[] = []
    for (const metadata of candidates) {
      const answer = await register(metadata)
      if (answer.kind === 'registered') return answer.client
      refused.push(refusalInWords(answer))
    }
    throw missing(`a client could not be registered: ${refused.join('; ')}`)
  }
  const isOpen = server !== undefined && endpointOf(server, 'registration_endpoint') !== undefined
  const first = remember(wire, async () => {
    if (given.first !== undefined) return given.first
    if (!isOpen) throw unasked('no client is known: it has no registration, and --client names none')
    return registered(nativeClient(REDIRECT_URI))
  })
  const second = remember(wire, async () => {
    if (given.second !== undefined) return given.second
    if (!isOpen) throw unasked('it takes a second client: it has no registration, and --other-client names none')
    const plain = nativeClient(SECOND_REDIRECT_URI)
    return registered({ ...plain, client_name: MARKUP_NAME }, { ...plain, client_name: 'examiner the second' })
  })
  return { areOwn: given.first === undefined, first: first.know, second: second.know, register }
}
