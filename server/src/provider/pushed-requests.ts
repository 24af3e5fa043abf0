import type { Slice } from './slice.ts'

/**
 * Authorization requests that the client brings itself, so that the browser carries no more than a name for them. Everything
 * an authorization request is judged by is judged when it is pushed, and again when the browser brings it.
 * @param settings.required of every client, whatever its own metadata says
 * @see RFC 9126
 */
export function pushedRequests(settings: { readonly required: boolean }): Slice {
  return {
    features: {
      pushedAuthorizationRequests: {
        enabled: true,
        requirePushedAuthorizationRequests: settings.required,
        allowUnregisteredRedirectUris: false,
      },
    },
  }
}
