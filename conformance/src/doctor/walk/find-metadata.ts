import { documentOf } from '../../server/discovery/documents.ts'
import type { Wire } from '../../wire/wire.ts'
import { documentIn, endsSearch, judgeLookup, type Lookup, type Place, placesOf } from '../metadata/lookup.ts'
import { judgeResource } from '../metadata/resource.ts'
import { redirectOf } from '../reach/redirect.ts'
import { type Answered, askForDocument, type Reply } from '../reply.ts'
import { type Step, stop, warn } from '../step.ts'

/** The metadata that the walk goes on with. */
export interface FoundDocument {
  readonly address: string
  readonly document: Readonly<Record<string, unknown>>
}

/** What clients read about the server, if they find it. */
export async function findMetadata(
  wire: Wire,
  { url, endpoint, refusal }: { readonly url: string; readonly endpoint: string; readonly refusal: Answered },
  tell: (step: Step) => void,
): Promise<FoundDocument | undefined> {
  const looked: Lookup[] = []
  let ended = false
  for (const place of placesOf(endpoint, refusal.answer)) {
    const lookup = await lookAt(wire, place)
    looked.push(lookup)
    const isLast: boolean = !ended && endsSearch(lookup)
    if (isLast) tell(judgeLookup(url, lookup))
    ended ||= isLast
    if (documentIn(lookup) !== undefined) break
  }
  if (!ended) tell(judgeEnd(url, refusal, looked, await askForDocument(wire, earlierPlace(endpoint))))
  const found = looked.find((lookup) => documentIn(lookup) !== undefined)
  const document = found === undefined ? undefined : documentIn(found)
  if (found === undefined || document === undefined) return undefined
  tell(judgeResource(url, document.resource))
  return { address: found.address, document }
}

/** Before 2025-06-18 the origin of a server was its authorization server, and clients still try that. */
const earlierPlace = (endpoint: string): string => new URL('/.well-known/oauth-authorization-server', endpoint).href

/** Nowhere: the place beside the path is where it should have been. */
function judgeEnd(url: string, { answer }: Answered, [first]: readonly Lookup[], earlier: Reply): Step {
  if (answer.status === 401 && earlier.kind === 'answered' && documentOf(earlier.answer) !== undefined) {
    return warn('metadata', {
      ailment: 'metadata-of-before-2025-06-18',
      saw: `No protected resource metadata is there; the origin itself has metadata of an authorization server, as MCP had it before 2025-06-18. Newer clients may not look there.`,
      change: `Serve metadata at ${first?.address ?? url}, which names ${new URL(url).origin} as the authorization server.`,
    })
  }
  if (answer.status === 401 && first !== undefined) return judgeLookup(url, first)
  return stop('metadata', {
    ailment: 'not-protected',
    saw: 'The server asks nobody for a token and publishes no metadata: no client ever starts a sign-in.',
    change: 'Turn its authorization on, or look whether the URL leads to the server that is protected.',
  })
}

async function lookAt(wire: Wire, place: Place): Promise<Lookup> {
  const reply = await askForDocument(wire, place.address)
  const to = reply.kind === 'answered' ? redirectOf(place.address, reply.answer) : undefined
  if (to === undefined) return { ...place, reply }
  return { ...place, reply, followed: { address: to, reply: await askForDocument(wire, to) } }
}
