import { type Answer, type Asked, issuerOf, type Place, type World } from './behaviours.ts'

const NOT_FOUND: Answer = { status: 404, body: { error: 'not_found' } }
const ENDPOINTS = ['authorize', 'token', 'register'] as const

/** What is at the address of a request. Somebody else has an MCP endpoint too, for what should never come there. */
export function placeOf({ party, url }: Asked, world: World): Place {
  const { pathname } = url
  if (party !== 'issuer' && pathname === new URL(world.server).pathname) return 'endpoint'
  if (party === 'server')
    return world.does.resourceMetadataPaths(world).includes(pathname) ? 'resource-metadata' : 'nowhere'
  const issuer = issuerOf(party, world)
  if (world.does.issuerMetadataPaths(issuer).includes(pathname)) return 'issuer-metadata'
  const base = new URL(issuer).pathname.replace(/\/$/, '')
  return ENDPOINTS.find((name) => `${pathname}/`.startsWith(`${base}/${name}/`)) ?? 'nowhere'
}

export function answerAt(place: Place, asked: Asked, world: World): Answer {
  const { does } = world
  switch (place) {
    case 'endpoint':
      return does.endpoint(asked, world)
    case 'resource-metadata':
      return does.resourceMetadataAnswer(asked, world)
    case 'issuer-metadata':
      return does.issuerMetadataAnswer(asked, world)
    case 'register':
      return does.register(asked, world)
    case 'authorize':
      return does.authorize(asked, world)
    case 'token':
      return does.token(asked, world)
    case 'nowhere':
      return NOT_FOUND
    default:
      return place satisfies never
  }
}
