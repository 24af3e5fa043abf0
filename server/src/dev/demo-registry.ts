import type { Settings } from '../config/settings.ts'
import type { ClientKey } from '../keys/client-key.ts'
import { buildResourceClient, type ResourceClient } from '../store/resource-references.ts'
import type { NewResource, Resources } from '../store/resources.ts'
import { demoTools } from './demo-tools.ts'
import { downstreamTools, downstreamUri } from './downstream-api.ts'
import { StartError } from './start-error.ts'

const DEMO_ID = 'sallyport-demo'
const DOWNSTREAM_ID = 'sallyport-downstream'

/** Name of the demo MCP server for people. */
export const DEMO_NAME = 'Sallyport demo'

/** Resource identifier of the demo MCP server on that port. */
export function demoUri(port: number): string {
  return `http://127.0.0.1:${port}/mcp`
}

/** The demo MCP server as the registry knows it. */
export function demoResource(port: number): NewResource {
  return {
    id: DEMO_ID,
    uri: demoUri(port),
    name: DEMO_NAME,
    aliases: [],
    tools: demoTools,
    accessTokenSeconds: undefined,
    source: 'demo',
  }
}

/** The demo API as the registry knows it: nobody signs in for it, and the demo MCP server alone exchanges into it. */
export function downstreamResource(port: number): NewResource {
  return {
    id: DOWNSTREAM_ID,
    uri: downstreamUri(port),
    name: 'Sallyport demo API',
    aliases: [],
    tools: downstreamTools,
    accessTokenSeconds: undefined,
    source: 'demo',
    exchangeOnly: true,
    exchangeFrom: [DEMO_ID],
  }
}

/** The client that the demo MCP server signs in with. */
export function demoClient(key: ClientKey): ResourceClient {
  return buildResourceClient({ id: DEMO_ID, name: DEMO_NAME }, key.publicJwk)
}

/**
 * Brings the demo into the registry: its MCP server with a client of its own, and the API that this client may exchange
 * for. What the operator's settings describe under the same addresses stands instead.
 *
 * @throws StartError SALLYPORT_E_DEMO_RESOURCE when something else is in the way
 */
export async function registerDemo(
  resources: Resources,
  settings: Pick<Settings, 'resources' | 'demo'>,
  key: ClientKey,
): Promise<void> {
  const { port, downstreamPort } = settings.demo
  const demo = demoResource(port)
  const downstream = downstreamResource(downstreamPort)
  const described = settings.resources.map(({ uri }) => uri)
  for (const ours of [demo, downstream]) {
    if (described.includes(ours.uri)) await forget(resources, ours)
  }
  const demoIsOurs = !described.includes(demo.uri)
  if (demoIsOurs) await register(resources, demo, 'SALLYPORT_DEMO_PORT', demoClient(key))
  if (described.includes(downstream.uri)) return
  // Whoever owns the operator's own description is not known yet, and is not ours to trust.
  const exchangeFrom = demoIsOurs ? [DEMO_ID] : []
  await register(resources, { ...downstream, exchangeFrom }, 'SALLYPORT_DOWNSTREAM_PORT')
}

// The operator describes this very address: then that description counts, and two cannot stand.
async function forget(resources: Resources, { id, source }: NewResource): Promise<void> {
  const earlier = (await resources.list()).some((each) => each.id === id && each.source === source)
  if (earlier) await resources.remove(id)
}

async function register(
  resources: Resources,
  resource: NewResource,
  setting: string,
  client?: ResourceClient,
): Promise<void> {
  const stored = await resources.put(resource, client)
  if (stored.ok) return
  throw new StartError(
    'SALLYPORT_E_DEMO_RESOURCE',
    `The demo's ${resource.uri} cannot be registered as "${resource.id}" (${stored.reason}). ` +
      `Remove what is in its way, or move it with ${setting}.`,
  )
}
