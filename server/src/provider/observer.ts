/** Where a token or a request names another audience than it may. */
export const AUDIENCE_CHECKS = ['authorize', 'token', 'exchange-target', 'exchange-subject', 'introspection'] as const
export type AudienceCheck = (typeof AUDIENCE_CHECKS)[number]

/** Told of what the engine answered that is worth counting. It must not throw, and nothing waits for it. */
export interface EngineObserver {
  /** @param grantType as the caller wrote it */
  tokenAnswered(grantType: unknown, status: number): void
  audienceRefused(check: AudienceCheck): void
}
