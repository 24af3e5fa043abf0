import type { Check } from '../../check/check.ts'
import { doubtful, type Finding, faulty, sound } from '../../check/finding.ts'
import type { ServerSubject } from '../subject.ts'
import { withMetadata } from './documents.ts'

export const metadataResource: Check<ServerSubject> = {
  id: 'metadata-resource',
  requirement: 'RS-PRM-03',
  title: 'The metadata is about the URL that was used',
  risk: 'Clients drop metadata of another resource, because it is how one server would collect tokens for another; VS Code, Gemini CLI and Claude compare the strings.',
  sends: 'Nothing more: it looks at the metadata that was found.',
  expects: '`resource` is the URL of the endpoint, with its path and without an added slash.',
  remedies: {
    general:
      'State the public URL of the endpoint as users type it. Behind a proxy, configure it: the Host that the server sees is another.',
    sdk1: 'Pass resourceServerUrl with the path of the endpoint, not the origin alone.',
    sdk2: 'Pass the URL of the endpoint as resource; a bare origin is written with a slash.',
    kit: 'Set `resource` to the public URL of the endpoint.',
    fastmcp:
      'The resource is `base_url` and the path of the MCP application: set `base_url` to the public origin, and `resource_base_url` where the two differ.',
    spring:
      'It is made of the URL of the request: set `protectedResourceMetadataCustomizer(metadata -> metadata.resource("https://…/mcp"))`, and `server.forward-headers-strategy` behind a proxy.',
  },
  run: (subject) =>
    withMetadata(subject, ({ document: { resource } }) => {
      if (typeof resource !== 'string') return faulty('`resource` is missing, or no text')
      return compare(resource, subject.url)
    }),
}

/** Byte for byte first; what differs only in spelling may be how the operator typed it. */
function compare(resource: string, url: string): Finding {
  if (resource === url) return sound(resource)
  if (!URL.canParse(resource)) return faulty(`\`resource\` is no URL: ${resource}`)
  // An empty path and a slash are the same request, so that no client can tell them apart by what it sends.
  if (new URL(resource).href === new URL(url).href) return sound(`${resource}, which is ${url} in another spelling`)
  const difference = `\`resource\` is ${resource}, the URL is ${url}`
  return bare(resource) === bare(url)
    ? doubtful(`${difference}: a slash apart, which clients that compare strings refuse`)
    : faulty(difference)
}

const bare = (url: string): string => new URL(url).href.replace(/\/+$/, '')
