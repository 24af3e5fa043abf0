import type { Slice } from './slice.ts'

/**
 * What the engine offers and this server does not. Named one by one, so that a reader sees the attack surface and a test
 * notices when an upgrade adds a feature.
 */
export function surface(): Slice {
  const off = { enabled: false } as const
  return {
    features: {
      attestClientAuth: off,
      backchannelLogout: off,
      ciba: off,
      claimsParameter: off,
      clientCredentials: off,
      // Clients are documents here, too, and the adapter of clients finds them: the engine would fetch by itself.
      clientIdMetadataDocument: off,
      deviceFlow: off,
      devInteractions: off,
      encryption: off,
      externalSigningSupport: off,
      fapi: off,
      jwtIntrospection: off,
      jwtResponseModes: off,
      jwtUserinfo: off,
      mTLS: off,
      openid4vci: off,
      registrationManagement: off,
      requestObjects: off,
      richAuthorizationRequests: off,
      rpInitiatedLogout: off,
      rpMetadataChoices: off,
      userinfo: off,
      webMessageResponseMode: off,
    },
    responseTypes: ['code'],
    // Code and tokens carry their own end; none of them hangs on the browser session.
    expiresWithSession: async () => false,
    allowOmittingSingleRegisteredRedirectUri: false,
    enableHttpPostMethods: false,
    acceptQueryParamAccessTokens: false,
  }
}
