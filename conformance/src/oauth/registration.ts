import type { Header, WireAnswer } from '../wire/message.ts'
import type { Wire } from '../wire/wire.ts'
import { type AuthorizationServer, type OAuthClient, requireEndpoint } from './authorization-server.ts'
import { type OAuthError, type OtherAnswer, objectOf, readRefusal } from './oauth-answer.ts'

/** What came of a dynamic registration. */
export type RegistrationAnswer =
  | {
      readonly kind: 'registered'
      readonly client: OAuthClient
      readonly members: Readonly<Record<string, unknown>>
      readonly answer: WireAnswer
    }
  | OAuthError
  | OtherAnswer

/** What a native client says of itself. */
export function nativeClient(redirectUri: string): Readonly<Record<string, unknown>> {
  return {
    client_name: 'sallyport-examine',
    redirect_uris: [redirectUri],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
    application_type: 'native',
  }
}

/**
 * @param metadata sent as it stands
 * @throws EndpointMissing @throws Unanswered
 * @see https://www.rfc-editor.org/rfc/rfc7591#section-3
 */
export async function registerClient(
  wire: Wire,
  server: AuthorizationServer,
  metadata: Readonly<Record<string, unknown>>,
  headers: readonly Header[] = [],
): Promise<RegistrationAnswer> {
  const answer = await wire.send({
    method: 'POST',
    url: requireEndpoint(server, 'registration_endpoint'),
    headers: [['content-type', 'application/json'], ['accept', 'application/json'], ...headers],
    body: JSON.stringify(metadata),
  })
  const members = objectOf(answer)
  if (members === undefined || typeof members.client_id !== 'string') return readRefusal(answer)
  const [redirectUri] = [members.redirect_uris ?? metadata.redirect_uris].flat()
  const client: OAuthClient = {
    clientId: members.client_id,
    redirectUri: String(redirectUri ?? ''),
    authentication: authenticationOf(members),
  }
  return { kind: 'registered', client, members, answer }
}

/** The server has the last word on how the client shows who it is; without one, RFC 7591 says Basic. */
function authenticationOf({
  token_endpoint_auth_method: method,
  client_secret: secret,
}: Readonly<Record<string, unknown>>): OAuthClient['authentication'] {
  if (typeof secret !== 'string' || method === 'none') return { method: 'none' }
  return { method: method === 'client_secret_post' ? 'client_secret_post' : 'client_secret_basic', secret }
}
