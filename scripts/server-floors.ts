import { posix } from 'node:path'

const SERVER = 'server/src/'

/**
 * The floors of the server, lowest first. An import points to a lower floor or stays in its folder;
 * only on the top floor, where the parts are put together, may neighbours import each other.
 */
const FLOORS: readonly (readonly string[])[] = [
  ['config'],
  ['store', 'audit', 'keys', 'egress'],
  ['provider', 'http'],
  ['main.ts', 'app.ts', 'cli', 'dev', 'metrics'],
]
const TOP = FLOORS.length - 1

/**
 * Judges one import inside the server.
 * @param from importing file, from the repository root
 * @param to imported file, from the repository root
 * @returns undefined where the import is lawful, or lies outside the server
 */
export function judgeFloors(from: string, to: string): { law: string; message: string } | undefined {
  if (!from.startsWith(SERVER) || !to.startsWith(SERVER)) return undefined
  const importer = place(from)
  const imported = place(to)
  if (importer.name === imported.name) return undefined
  const homeless = [importer, imported].find(({ floor }) => floor === -1)
  if (homeless !== undefined) {
    return { law: 'floor-unknown', message: `${homeless.name} is on no floor: give it one in scripts/server-floors.ts` }
  }
  if (imported.floor < importer.floor || importer.floor === TOP) return undefined
  const direction = imported.floor > importer.floor ? 'lies above' : 'is a neighbour of'
  return { law: 'floor', message: `${imported.name} ${direction} ${importer.name}: import down or not at all` }
}

function place(path: string): { name: string; floor: number } {
  const name = path.slice(SERVER.length).split('/')[0] ?? ''
  return { name, floor: FLOORS.findIndex((floor) => floor.includes(name)) }
}

/** One import between two code files. */
export interface Edge {
  readonly from: string
  readonly to: string
  readonly typeOnly: boolean
}

/**
 * Finds cycles: at every level of the tree its children (folders, and the files beside them) form none.
 * Types alone may go round between two files of one folder.
 * @param edges imports between code files, by their paths from the repository root
 * @returns each cycle once, as the children in order, the first repeated at the end
 */
export function findCycles(edges: readonly Edge[]): readonly (readonly string[])[] {
  const levels = new Map<string, Map<string, Set<string>>>()
  for (const edge of edges) {
    const { level, from, to } = childrenOf(edge)
    const filesOfOneFolder = posix.dirname(edge.from) === level && posix.dirname(edge.to) === level
    if (from === to || (edge.typeOnly && filesOfOneFolder)) continue
    const graph = levels.get(level) ?? new Map<string, Set<string>>()
    levels.set(level, graph.set(from, (graph.get(from) ?? new Set()).add(to)))
  }
  return [...levels.values()].flatMap((graph) => {
    const cycle = firstCycle(graph)
    return cycle === undefined ? [] : [cycle]
  })
}

/** The deepest folder that holds both ends, and the child of it that each end lies in. */
function childrenOf({ from, to }: Edge): { level: string; from: string; to: string } {
  const left = from.split('/')
  const right = to.split('/')
  const depth = left.findIndex((part, index) => part !== right[index])
  const cut = (parts: readonly string[]): string => parts.slice(0, depth + 1).join('/')
  return { level: left.slice(0, depth).join('/'), from: cut(left), to: cut(right) }
}

function firstCycle(graph: ReadonlyMap<string, ReadonlySet<string>>): readonly string[] | undefined {
  const finished = new Set<string>()
  const walk = (node: string, trail: readonly string[]): readonly string[] | undefined => {
    const start = trail.indexOf(node)
    if (start !== -1) return [...trail.slice(start), node]
    if (finished.has(node)) return undefined
    for (const next of graph.get(node) ?? []) {
      const cycle = walk(next, [...trail, node])
      if (cycle !== undefined) return cycle
    }
    finished.add(node)
    return undefined
  }
  for (const node of graph.keys()) {
    const cycle = walk(node, [])
    if (cycle !== undefined) return cycle
  }
  return undefined
}
