import { type AuthorizationServer, endpointOf, type OAuthClient } from '../oauth/authorization-server.ts'
import { findAuthorizationServer } from '../oauth/find-authorization-server.ts'
import { refusalInWords } from '../oauth/oauth-answer.ts'
import { nativeClient, registerClient } from '../oauth/registration.ts'
import type { Wire } from '../wire/wire.ts'
import { REDIRECT_URI } from './live-options.ts'

/** Something on the way to a sign-in is not there; the message says what, for the operator. */
export class NoSignIn extends Error {
  override readonly name = 'NoSignIn'
}

/**
 * Finds the issuer, and believes its metadata only if it is about itself (RFC 8414 §3.3): passwords and codes go where it says.
 * @throws NoSignIn
 */
export async function findIssuer(wire: Wire, issuer: string): Promise<AuthorizationServer> {
  const search = await findAuthorizationServer(wire, issuer)
  switch (search.kind) {
    case 'found': {
      const { server } = search
      if (server.metadata.issuer === issuer) return withSafeEndpoints(server)
      throw new NoSignIn(
        `the metadata of ${issuer} is about ${String(server.metadata.issuer)}: --as names the issuer exactly`,
      )
    }
    case 'absent':
      throw new NoSignIn(`${issuer} has no metadata at any well-known address`)
    case 'unreachable':
      throw new NoSignIn(`the issuer cannot be asked: ${search.reason}`)
    default:
      return search satisfies never
  }
}

/** Nothing secret leaves the machine unencrypted. */
function withSafeEndpoints(server: AuthorizationServer): AuthorizationServer {
  const addresses = Object.entries(server.metadata).filter(([name]) => name === 'issuer' || name.endsWith('_endpoint'))
  const unsafe = addresses.find(([, value]) => typeof value === 'string' && !isSafe(value))
  if (unsafe === undefined) return server
  throw new NoSignIn(`${unsafe[0]} of the issuer is ${String(unsafe[1])}: a sign-in needs https, or http on loopback`)
}

function isSafe(address: string): boolean {
  if (!URL.canParse(address)) return false
  const { protocol, hostname } = new URL(address)
  return protocol === 'https:' || (protocol === 'http:' && /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname))
}

/** @throws NoSignIn @throws Unanswered */
export async function registerOwnClient(wire: Wire, server: AuthorizationServer): Promise<OAuthClient> {
  if (endpointOf(server, 'registration_endpoint') === undefined)
    throw new NoSignIn('the issuer registers no clients by itself: name one by --client')
  const answer = await registerClient(wire, server, nativeClient(REDIRECT_URI))
  if (answer.kind === 'registered') return answer.client
  throw new NoSignIn(`the issuer did not register a client (${refusalInWords(answer)}): name one by --client`)
}
