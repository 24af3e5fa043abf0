import type { WireAnswer } from '../wire/message.ts'
import type { Wire } from '../wire/wire.ts'
import { type AuthorizationServer, type OAuthClient, requireEndpoint } from './authorization-server.ts'
import { type OAuthError, type OtherAnswer, objectOf, readRefusal } from './oauth-answer.ts'
import { buildClientRequest, type RequestChange } from './token-request.ts'

/** What the issuer said to a revocation; `done` says nothing about whether there was such a token. */
export type RevocationAnswer = { readonly kind: 'done'; readonly answer: WireAnswer } | OAuthError | OtherAnswer

/** What the issuer says of a token. */
export type IntrospectionAnswer =
  | {
      readonly kind: 'told'
      readonly active: boolean
      readonly members: Readonly<Record<string, unknown>>
      readonly answer: WireAnswer
    }
  | OAuthError
  | OtherAnswer

/**
 * @param hint `access_token` or `refresh_token`
 * @throws EndpointMissing @throws Unanswered
 * @see https://www.rfc-editor.org/rfc/rfc7009#section-2
 */
export async function revokeToken(
  wire: Wire,
  server: AuthorizationServer,
  client: OAuthClient,
  { token, hint, change = {} }: { readonly token: string; readonly hint?: string; readonly change?: RequestChange },
): Promise<RevocationAnswer> {
  const endpoint = requireEndpoint(server, 'revocation_endpoint')
  const parameters = { token, token_type_hint: hint }
  const answer = await wire.send(await buildClientRequest(server, client, endpoint, parameters, change))
  return answer.status === 200 ? { kind: 'done', answer } : readRefusal(answer)
}

/**
 * @throws EndpointMissing @throws Unanswered
 * @see https://www.rfc-editor.org/rfc/rfc7662#section-2
 */
export async function introspectToken(
  wire: Wire,
  server: AuthorizationServer,
  client: OAuthClient,
  { token, change = {} }: { readonly token: string; readonly change?: RequestChange },
): Promise<IntrospectionAnswer> {
  const endpoint = requireEndpoint(server, 'introspection_endpoint')
  const answer = await wire.send(await buildClientRequest(server, client, endpoint, { token }, change))
  const members = objectOf(answer)
  if (members === undefined || typeof members.active !== 'boolean') return readRefusal(answer)
  return { kind: 'told', active: members.active, members, answer }
}
