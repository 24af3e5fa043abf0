import type { errors, KoaContextWithOIDC, Provider } from 'oidc-provider'
import { OverloadError } from '../store/overload.ts'
import { currentUnit } from '../store/unit-of-work.ts'
import { DocumentError, KeysUnavailableError } from './client-documents/refusal.ts'
import { errorEntry, LIMITED } from './error-catalogue.ts'
import { LimitError } from './limit-error.ts'
import type { Report } from './report.ts'

/** Tells the operator's log why, exactly, where the wire stays generic; the correlation id joins the two. */
export function reportRefusals(provider: Provider, report: Report): void {
  const refused = (event: string) => (ctx: KoaContextWithOIDC, error: errors.OIDCProviderError) => {
    reportRefusal(report, event, {
      error: error.message,
      code: codeOf(error),
      reason: error.error_detail ?? error.error_description,
      ...(error instanceof DocumentError ? error.opening : {}),
      clientId: error instanceof DocumentError ? ctx.oidc.params?.client_id : ctx.oidc.client?.clientId,
    })
  }
  // What the engine says of a JWT is not the answer: that is given behind it.
  const refusedUnlessStructured = (event: string) => (ctx: KoaContextWithOIDC, error: errors.OIDCProviderError) => {
    if (error.message !== 'unsupported_token_type') refused(event)(ctx, error)
  }
  provider.on('authorization.error', refused('authorization refused'))
  provider.on('grant.error', refused('token request refused'))
  provider.on('pushed_authorization_request.error', refused('pushed request refused'))
  provider.on('registration_create.error', refused('registration refused'))
  provider.on('revocation.error', refusedUnlessStructured('revocation refused'))
  provider.on('introspection.error', refusedUnlessStructured('introspection refused'))
  provider.on('server_error', (ctx, error) => {
    // Neither is a failure of this server, and anybody who serves no keys could bury those that are.
    const severity = error instanceof OverloadError || error instanceof KeysUnavailableError ? 'warn' : 'error'
    report(severity, 'server error', { correlationId: currentUnit().correlationId, path: ctx.path, error })
  })
}

/**
 * Tells of one refusal, whoever refused.
 * @param what of which kind the request was
 * @param refusal.code unless it is the one of the error
 * @param refusal.reason for the operator alone, unless the answer says it too; whatever stands beside it is told as it is
 */
export function reportRefusal(
  report: Report,
  what: string,
  refusal: {
    readonly error: string
    readonly code?: string
    readonly reason: string | undefined
    readonly [fact: string]: unknown
  },
): void {
  const { error, code = errorEntry(error).code, ...facts } = refusal
  const { correlationId, callerAddress: address } = currentUnit()
  report('warn', `${what}: ${error}`, { correlationId, code, address, ...facts })
}

function codeOf(error: errors.OIDCProviderError): string {
  if (error instanceof DocumentError) return error.code
  return error instanceof LimitError ? LIMITED.code : errorEntry(error.message).code
}
