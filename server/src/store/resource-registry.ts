import { canonicalResourceUri, parseToolsFile, type ToolsFile } from '@sallyport/policy'
import type { RegisteredResource, Resources } from './resources.ts'

/** A registered resource with its tools file understood. */
export interface ProtectedResource extends Omit<RegisteredResource, 'tools'> {
  readonly tools: ToolsFile
}

/** The registry at one moment. */
export interface RegistrySnapshot {
  readonly all: readonly ProtectedResource[]
  byUri(uri: string): ProtectedResource | undefined
  /** The resource a client means by `spelling`: its canonical identifier or an alias the operator wrote down. */
  resolve(spelling: string): ProtectedResource | undefined
  byId(id: string): ProtectedResource | undefined
}

export interface ResourceRegistry {
  /** A snapshot that is at most `REGISTRY_AGE_MS` old. */
  current(): Promise<RegistrySnapshot>
  /** The last snapshot without waiting; empty before the first `current()`. */
  last(): RegistrySnapshot
}

// A resource added by the command line is usable within this time, and each request is spared a read.
export const REGISTRY_AGE_MS = 2_000

/** A view of the resources table that is read again when it is old. */
export function createResourceRegistry(resources: Resources, log?: (message: string) => void): ResourceRegistry {
  let last: RegistrySnapshot = snapshotOf([])
  let readAt = Number.NEGATIVE_INFINITY
  let reading: Promise<RegistrySnapshot> | undefined
  const read = async (): Promise<RegistrySnapshot> => {
    const usable = (await resources.list()).map((resource) => understand(resource, log))
    last = snapshotOf(usable.filter((resource) => resource !== undefined))
    readAt = performance.now()
    return last
  }
  return {
    last: () => last,
    current() {
      if (performance.now() - readAt < REGISTRY_AGE_MS) return Promise.resolve(last)
      reading ??= read().finally(() => {
        reading = undefined
      })
      return reading
    },
  }
}

function understand(resource: RegisteredResource, log?: (message: string) => void): ProtectedResource | undefined {
  const parsed = parseToolsFile(resource.tools ?? {})
  if (parsed.ok) return { ...resource, tools: parsed.toolsFile }
  // A row this version cannot read must not be guessed at: without scopes nothing can be granted for it.
  log?.(`resource "${resource.id}" is left out, its tools are not understood: ${parsed.problems[0]?.message ?? ''}`)
  return undefined
}

function snapshotOf(all: readonly ProtectedResource[]): RegistrySnapshot {
  const byUri = new Map(all.map((resource) => [resource.uri, resource]))
  const bySpelling = new Map(all.flatMap((resource) => resource.aliases.map((alias) => [alias, resource] as const)))
  const byId = new Map(all.map((resource) => [resource.id, resource]))
  return {
    all,
    byUri: (uri) => byUri.get(uri),
    byId: (id) => byId.get(id),
    resolve(spelling) {
      const canonical = canonicalResourceUri(spelling)
      return canonical.ok ? (byUri.get(canonical.uri) ?? bySpelling.get(canonical.uri)) : undefined
    },
  }
}
