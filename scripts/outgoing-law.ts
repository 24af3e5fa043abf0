import type { Violation } from './import-laws.ts'
import { findImports } from './source-files.ts'

/** The one folder that may speak to others. */
const OWNER = 'server/src/egress/'

/** Programs of the demo are clients of a server beside them on this machine, as other people's MCP servers are. */
const CLIENTS_OF_THEIR_OWN = 'server/src/dev/'

/** Modules that speak to others, and the names in them that only listen, describe or judge. */
const MODULES: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['undici', new Set()],
  ['node:https', new Set()],
  ['node:http2', new Set()],
  ['node:tls', new Set()],
  ['node:dgram', new Set()],
  ['node:dns', new Set()],
  ['node:dns/promises', new Set()],
  [
    'node:http',
    new Set(['createServer', 'IncomingMessage', 'RequestListener', 'STATUS_CODES', 'Server', 'ServerResponse']),
  ],
  ['node:net', new Set(['AddressInfo', 'BlockList', 'createServer', 'isIP', 'isIPv4', 'isIPv6', 'Server'])],
])

const GLOBALS =
  /(?<![.\w$'"`])(?:(?:globalThis|global)\.(fetch|WebSocket|EventSource)\b|new (WebSocket|EventSource)\(|(fetch)\()/
const COMMENT_LINE = /^\s*(?:\/\/|\/\*|\*)/
const NAMED_IMPORT = /^import\s+(?:type\s+)?\{([^}]*)\}\s+from\s+['"]([^'"]+)['"]/gm

/**
 * Judges whether a source of the server could make a request that the guard of `egress/` does not see.
 * @param path from the repository root
 * @param text its content, as Biome formats it
 */
export function judgeOutgoing(path: string, text: string): readonly Violation[] {
  if (!path.startsWith('server/src/') || path.startsWith(OWNER)) return []
  const found = (line: number, what: string): Violation => ({
    path,
    line,
    law: 'outgoing',
    message: `${what} reaches others past the guard: requests leave through ${OWNER} alone`,
  })
  const imports = findImports(text).flatMap(({ specifier, line }) => {
    const named = namesImported(text).get(specifier)
    const name = forbiddenName(specifier, named)
    return name === undefined ? [] : [found(line, name)]
  })
  const calls = path.startsWith(CLIENTS_OF_THEIR_OWN) ? [] : globalUses(text)
  return [...imports, ...calls.map(({ line, name }) => found(line, `global ${name}`))]
}

function forbiddenName(specifier: string, named: readonly string[] | undefined): string | undefined {
  const harmless = MODULES.get(specifier) ?? MODULES.get(`node:${specifier}`)
  if (harmless === undefined) return specifier.startsWith('undici/') ? specifier : undefined
  // A whole module in one name, or one loaded at run time, could be used for anything.
  if (named === undefined) return specifier
  const name = named.find((candidate) => !harmless.has(candidate))
  return name && `${name} of ${specifier}`
}

/** Names by module; a module that is also imported in another form is left out. */
function namesImported(text: string): ReadonlyMap<string, readonly string[]> {
  const names = new Map<string, string[]>()
  for (const [, list = '', specifier = ''] of text.matchAll(NAMED_IMPORT)) {
    const imported = list.split(',').map((entry) =>
      entry
        .trim()
        .replace(/^type\s+/, '')
        .replace(/\s+as\s.*$/s, ''),
    )
    names.set(specifier, [...(names.get(specifier) ?? []), ...imported.filter((name) => name !== '')])
  }
  for (const specifier of names.keys()) {
    const forms = findImports(text).filter((use) => use.specifier === specifier).length
    const namedForms = [...text.matchAll(NAMED_IMPORT)].filter((match) => match[2] === specifier).length
    if (forms !== namedForms) names.delete(specifier)
  }
  return names
}

function globalUses(text: string): readonly { readonly line: number; readonly name: string }[] {
  return text.split('\n').flatMap((content, index) => {
    const match = COMMENT_LINE.test(content) ? null : GLOBALS.exec(content)
    const name = match?.[1] ?? match?.[2] ?? match?.[3]
    return name === undefined ? [] : [{ line: index + 1, name }]
  })
}
