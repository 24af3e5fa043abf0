import type { Slice } from './slice.ts'

/** Paths below the issuer. Gateways derive the key set's address from the issuer, so it lies where they look. */
export const ROUTES = {
  authorization: '/authorize',
  token: '/token',
  pushed_authorization_request: '/par',
  registration: '/register',
  revocation: '/revoke',
  introspection: '/introspect',
  jwks: '/.well-known/jwks.json',
} as const

export function routes(): Slice {
  return { routes: { ...ROUTES } }
}
