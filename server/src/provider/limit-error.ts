import { errors, Provider } from 'oidc-provider'

/** Somebody asks for more than one may. @see RFC 6585 §4 */
export class LimitError extends errors.OIDCProviderError {
  /** @param detail for the log: what was limited */
  constructor(detail: string, retryAfterSeconds: number) {
    super(429, 'temporarily_unavailable')
    this.error_detail = detail
    Provider.ctx?.set('Retry-After', String(retryAfterSeconds))
  }
}
