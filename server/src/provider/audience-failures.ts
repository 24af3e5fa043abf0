import type { Provider } from 'oidc-provider'
import { TOKEN_EXCHANGE } from './client-metadata.ts'
import type { EngineObserver } from './observer.ts'

/** Tells of requests for a resource that is not registered, not the one that was agreed to, or not open to who asks. */
export function countRefusedTargets(provider: Provider, observer: EngineObserver): void {
  provider.on('authorization.error', (_ctx, error) => {
    if (error.message === 'invalid_target') observer.audienceRefused('authorize')
  })
  provider.on('grant.error', (ctx, error) => {
    if (error.message !== 'invalid_target') return
    observer.audienceRefused(ctx.oidc.params?.grant_type === TOKEN_EXCHANGE ? 'exchange-target' : 'token')
  })
}
