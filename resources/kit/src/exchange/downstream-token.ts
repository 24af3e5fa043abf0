/** A token for a downstream API, issued to this server for the person whose call it is answering. */
export interface DownstreamToken {
  /** For the Authorization header of requests to `resource`, and for nothing else. */
  readonly accessToken: string
  /** What the token may do there: at most what was asked for. */
  readonly scopes: readonly string[]
  /** The canonical resource identifier that it is for. */
  readonly resource: string
  /** Seconds since the epoch; never later than the expiry of the access token that it was made from. */
  readonly expiresAt: number
}
