import type { Path, Report } from './entry-fields.ts'
import { severerClass, shorterDuration } from './tool-class.ts'
import type { ScopeDefinition } from './tools-file.ts'

type Scopes = ReadonlyMap<string, Omit<ScopeDefinition, 'tools'>>

/**
 * Reports what is wrong with `implies`: scopes that the file does not define, circles, and steps by which a mild or a
 * long-lasting permission would carry one that the person would have been asked about more carefully.
 *
 * @param scopes the scopes that could be read
 * @param declared the names of all scopes of the file, readable or not
 */
export function checkHierarchy(scopes: Scopes, declared: ReadonlySet<string>, report: Report): void {
  for (const definition of scopes.values()) {
    for (const [index, implied] of definition.implies.entries()) {
      const path = ['scopes', definition.scope, 'implies', index]
      const target = scopes.get(implied)
      if (!declared.has(implied)) report(path, `"${implied}" is implied but not defined in the file`)
      else if (target !== undefined) checkStep(definition, target, path, report)
    }
    if (impliesItself(scopes, definition.scope)) {
      report(
        ['scopes', definition.scope, 'implies'],
        `scope "${definition.scope}" implies itself, directly or in a circle`,
      )
    }
  }
}

function checkStep(
  from: Omit<ScopeDefinition, 'tools'>,
  to: Omit<ScopeDefinition, 'tools'>,
  path: Path,
  report: Report,
): void {
  if (severerClass(from.toolClass, to.toolClass) !== from.toolClass) {
    report(path, `scope "${from.scope}" (${from.toolClass}) implies "${to.scope}", which is ${to.toolClass}`)
  }
  if (shorterDuration(from.longest, to.longest) !== from.longest) {
    report(path, `scope "${from.scope}" lasts longer than "${to.scope}", which it implies`)
  }
}

function impliesItself(scopes: Scopes, start: string): boolean {
  const reached = new Set<string>(scopes.get(start)?.implies ?? [])
  for (const scope of reached) {
    for (const implied of scopes.get(scope)?.implies ?? []) reached.add(implied)
  }
  return reached.has(start)
}
