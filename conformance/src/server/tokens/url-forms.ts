/** The identifier with the letters of its path in the other case; none where the path has no letters. */
export function lookAlikePaths(identifier: string): readonly string[] {
  const { pathname } = new URL(identifier)
  const turned = pathname.replace(/[a-z]/gi, otherCase)
  if (turned === pathname) return []
  const at = identifier.indexOf(pathname, identifier.indexOf('//') + 2)
  return [`${identifier.slice(0, at)}${turned}${identifier.slice(at + pathname.length)}`]
}

/** Every address above the identifier, the nearest first, the bare origin last; none for a bare origin. */
export function parentsOf(identifier: string): readonly string[] {
  const { origin, pathname } = new URL(identifier)
  const steps = pathname.split('/').filter((step) => step !== '')
  return steps.map((_, at) => [origin, ...steps.slice(0, steps.length - 1 - at)].join('/'))
}

function otherCase(letter: string): string {
  return letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase()
}
