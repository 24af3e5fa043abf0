import type { Middleware } from 'koa'
import { isResourceMetadata } from './resource-metadata.ts'
import { isRevocationFeed } from './revocations/serve.ts'

// Browsers ask again after this; a day is what the largest of them allow or cut.
const PREFLIGHT_MAX_AGE_SECONDS = '86400'

const WELL_KNOWN = '/.well-known/'
const READING = ['GET', 'HEAD']

/**
 * Cross-origin answers for `paths`. Nothing there looks at cookies, so any origin may read them; credentials are never
 * allowed along. Clients look for metadata under several names: a script may see that there is nothing under one of them.
 * @param paths path below the issuer to the methods it takes
 */
export function crossOrigin(paths: ReadonlyMap<string, readonly string[]>): Middleware {
  return async (ctx, next) => {
    const methods = paths.get(ctx.path) ?? (isPublic(ctx.path) ? READING : undefined)
    if (methods === undefined) return next()
    ctx.set('Access-Control-Allow-Origin', '*')
    ctx.set('Access-Control-Expose-Headers', 'WWW-Authenticate, DPoP-Nonce, Retry-After, X-Correlation-Id')
    if (ctx.method !== 'OPTIONS') return next()
    ctx.set('Access-Control-Allow-Methods', methods.join(', '))
    const asked = ctx.get('Access-Control-Request-Headers')
    if (asked !== '') ctx.set('Access-Control-Allow-Headers', asked)
    ctx.set('Access-Control-Max-Age', PREFLIGHT_MAX_AGE_SECONDS)
    ctx.status = 204
  }
}

function isPublic(path: string): boolean {
  return path.startsWith(WELL_KNOWN) || isResourceMetadata(path) || isRevocationFeed(path)
}
