import type { Check } from '../../check/check.ts'
import { faulty, notApplicable, sound } from '../../check/finding.ts'
import type { ServerSubject } from '../subject.ts'
import { namesIn, withMetadata } from './documents.ts'

/** Scopes that are about the sign-in and never about a resource. */
export const SIGN_IN_SCOPES: readonly string[] = ['offline_access', 'openid']

export const metadataScopes: Check<ServerSubject> = {
  id: 'metadata-scopes-no-sign-in',
  requirement: 'RS-PRM-07',
  title: 'The metadata asks for scopes of the resource alone',
  risk: 'Clients ask for every scope that is listed: authorization servers without refresh tokens or OpenID refuse the whole request.',
  sends: 'Nothing more: it looks at the metadata that was found.',
  expects: '`scopes_supported` without `offline_access` and `openid`.',
  remedies: {
    general:
      'Take `offline_access` and `openid` out of `scopes_supported`; clients add them when the authorization server lists them.',
    sdk1: 'Take them out of `scopesSupported` of mcpAuthMetadataRouter, which is a list of texts.',
    sdk2: 'Take them out of `scopesSupported`, which is a list of texts.',
    fastmcp:
      'Take them out of `scopes_supported` of RemoteAuthProvider and out of `required_scopes` of its verifier, which stands in for it.',
    spring:
      'Call `scope(…)` in the protectedResourceMetadataCustomizer for scopes of the resource alone; without it none are named.',
    kit: 'The scopes are those of the tools file: leave `offline_access` and `openid` out of it.',
  },
  run: (subject) =>
    withMetadata(subject, ({ document }) => {
      if (document.scopes_supported === undefined) return notApplicable('`scopes_supported` is absent')
      const scopes = namesIn(document, 'scopes_supported')
      if (scopes === undefined) return faulty('`scopes_supported` is no list of texts')
      const wrong = scopes.filter((scope) => SIGN_IN_SCOPES.includes(scope))
      return wrong.length === 0 ? sound(scopes.join(' ')) : faulty(`it lists ${wrong.join(' and ')}`)
    }),
}

export const metadataTokenMethods: Check<ServerSubject> = {
  id: 'metadata-token-methods',
  requirement: 'RS-PRM-08',
  title: 'The metadata offers the header as the way to send a token',
  risk: 'A client that believes the list sends tokens in URLs, which logs keep, or none at all.',
  sends: 'Nothing more: it looks at the metadata that was found.',
  expects: '`bearer_methods_supported`, where it is present, is `["header"]`.',
  remedies: {
    general: 'Set `bearer_methods_supported` to `["header"]`.',
    sdk1: 'mcpAuthMetadataRouter does not write the member: nothing to do.',
    sdk2: 'buildOAuthProtectedResourceMetadata does not write the member: nothing to do.',
    fastmcp: 'It is `["header"]`: nothing to do.',
    spring: 'It is `header`: nothing to do, as long as the customizer adds no `bearerMethod`.',
    kit: 'It is `["header"]`: nothing to do.',
  },
  run: (subject) =>
    withMetadata(subject, ({ document }) => {
      if (document.bearer_methods_supported === undefined) return notApplicable('`bearer_methods_supported` is absent')
      const methods = namesIn(document, 'bearer_methods_supported')
      if (methods === undefined) return faulty('`bearer_methods_supported` is no list of texts')
      const others = methods.filter((method) => method !== 'header')
      if (others.length > 0) return faulty(`it offers ${others.join(' and ')}`)
      return methods.includes('header') ? sound('header') : faulty('it offers no way at all')
    }),
}
