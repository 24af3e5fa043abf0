import type { Check } from '../../check/check.ts'
import { faulty, sound } from '../../check/finding.ts'
import type { ServerSubject } from '../subject.ts'
import { namesIn, withMetadata } from './documents.ts'

export const authorizationServers: Check<ServerSubject> = {
  id: 'metadata-authorization-servers',
  requirement: 'RS-PRM-02',
  title: 'The metadata names an authorization server',
  risk: 'A client knows that it needs a token and not from whom.',
  sends: 'Nothing more: it looks at the metadata that was found.',
  expects: '`authorization_servers` is a list of at least one issuer identifier.',
  remedies: {
    general:
      'Put the issuer identifier of your authorization server, as its own metadata states it, into `authorization_servers`.',
    sdk1: 'Pass `oauthMetadata` of your authorization server to mcpAuthMetadataRouter; its `issuer` is what is named.',
    sdk2: 'Pass `oauthMetadata` of your authorization server to mcpAuthMetadataRouter or oauthMetadataResponse; its `issuer` is what is named.',
    fastmcp: 'Pass `authorization_servers=[…]` to RemoteAuthProvider; a bare JWTVerifier serves no metadata.',
    spring:
      'Call `authorizationServer(issuer)` in the protectedResourceMetadataCustomizer, or McpServerOAuth2Configurer.authorizationServer of mcp-security.',
    kit: '`issuer` is what is named: nothing else to do.',
  },
  run: (subject) =>
    withMetadata(subject, ({ document }) => {
      const issuers = namesIn(document, 'authorization_servers')
      if (issuers === undefined) return faulty('`authorization_servers` is missing, or no list of texts')
      if (issuers.length === 0) return faulty('`authorization_servers` is empty')
      const wrong = issuers.find((issuer) => !URL.canParse(issuer))
      return wrong === undefined ? sound(issuers.join(', ')) : faulty(`no URL: ${wrong}`)
    }),
}
