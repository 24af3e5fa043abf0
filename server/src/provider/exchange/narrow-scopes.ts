import { expandScopes, grantableScopes, TOOL_CLASSES, type ToolsFile } from '@sallyport/policy'

/**
 * The scopes that the holder of a token for one resource may have for another: those of the same name that the token
 * contains or implies, that are no more severe at the target, and that carry nothing at the target which the token does not
 * contain or imply. A scope that one of the two files does not define means nothing and is left out.
 * @param held scopes of the token
 * @param asked scopes asked for by name, or undefined for all
 * @returns each once, in the order asked, else in the order of the target's file
 * @see RFC 8693 §2.1
 */
export function narrowScopes(
  held: readonly string[],
  files: { readonly source: ToolsFile; readonly target: ToolsFile },
  asked: readonly string[] | undefined,
): readonly string[] {
  const { source, target } = files
  const contained = expandScopes(source, held)
  const possible = new Set(grantableScopes(target).filter((scope) => isCovered(scope, contained, files)))
  return [...new Set(asked ?? possible)].filter((scope) => possible.has(scope))
}

function isCovered(
  scope: string,
  contained: ReadonlySet<string>,
  { source, target }: { readonly source: ToolsFile; readonly target: ToolsFile },
): boolean {
  return [...expandScopes(target, [scope])].every((each) => {
    const there = target.scopes.get(each)
    const here = source.scopes.get(each)
    if (there === undefined || here === undefined || !contained.has(each)) return false
    return TOOL_CLASSES[there.toolClass].severity <= TOOL_CLASSES[here.toolClass].severity
  })
}
