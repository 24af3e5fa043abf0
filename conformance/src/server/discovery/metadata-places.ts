import type { Check } from '../../check/check.ts'
import { doubtful, faulty, notApplicable, sound } from '../../check/finding.ts'
import type { ServerSubject } from '../subject.ts'
import { documentOf, fetchDocument, wellKnownOf, withMetadata } from './documents.ts'

export const metadataBesidePath: Check<ServerSubject> = {
  id: 'metadata-beside-path',
  requirement: 'RS-PRM-04b',
  title: 'The metadata is beside the path of the endpoint',
  risk: 'Some clients go by the well-known addresses alone: Gemini CLI refuses a document at the root that is about another resource, and then this is the one place left.',
  sends: 'GET /.well-known/oauth-protected-resource followed by the path of the endpoint.',
  expects: 'The metadata of this server.',
  remedies: {
    general: 'Serve the metadata at that address too; it costs one more route.',
    sdk1: 'Pass `resourceServerUrl` with its path to mcpAuthMetadataRouter, and mount the router at the root of the application.',
    sdk2: 'Pass `resourceServerUrl` with its path, and mount the router at the root of the application.',
    fastmcp:
      'It serves it there; where the application is mounted below another one, add `get_well_known_routes()` to the outer one.',
    spring:
      'OAuth2ProtectedResourceMetadataFilter answers below its path for every resource: nothing to do, unless another chain has it first.',
    kit: 'It serves it there: nothing to do, if the adapter is mounted at the root.',
  },
  run: (subject) =>
    withMetadata(subject, async ({ document }) => {
      const { beside } = wellKnownOf(subject.url)
      const answer = await fetchDocument(subject.wire, beside)
      const there = documentOf(answer)
      if (there === undefined) return doubtful(`${beside} answers ${answer.status} and no metadata`)
      return there.resource === document.resource
        ? sound(beside)
        : faulty(`${beside} is about ${String(there.resource)}, and not about ${String(document.resource)}`)
    }),
}

export const metadataAtRoot: Check<ServerSubject> = {
  id: 'metadata-at-root',
  requirement: 'RS-PRM-04b',
  title: 'What is at the root of the origin does not mislead',
  risk: 'Claude Code takes the resource of the root document even where the challenge names another; its tokens then fit nothing.',
  sends: 'GET /.well-known/oauth-protected-resource.',
  expects: 'The metadata of this server, or 404.',
  remedies: {
    general:
      'With one MCP server on the origin, serve the same document at the root. With several, answer 404 there; and no page of HTML, which parsers choke on.',
    sdk1: 'The router serves no document at the root for a server with a path: nothing to do, unless your own code does.',
    sdk2: 'The router serves no document at the root for a server with a path: nothing to do, unless your own code does.',
    fastmcp: 'It serves none at the root for a server with a path: nothing to do.',
    spring:
      'OAuth2ProtectedResourceMetadataFilter answers there with the origin as the resource: fix it by `protectedResourceMetadataCustomizer(metadata -> metadata.resource("https://…/mcp"))`.',
    kit: 'It serves the same document at the root; with several resources on the origin set `rootMetadata: false`.',
  },
  run: (subject) =>
    withMetadata(subject, async ({ document }) => {
      const { beside, root } = wellKnownOf(subject.url)
      if (beside === root) return notApplicable('the endpoint is the root itself')
      const answer = await fetchDocument(subject.wire, root)
      if (answer.status === 404 || answer.status === 410) return sound(`${answer.status}`)
      const there = documentOf(answer)
      if (answer.status === 200 && there === undefined) return faulty('200 and no JSON object')
      if (there === undefined) return doubtful(`${answer.status}, where 404 says that there is none`)
      return there.resource === document.resource
        ? sound('the same resource')
        : faulty(`it is about ${String(there.resource)}, and not about ${String(document.resource)}`)
    }),
}
