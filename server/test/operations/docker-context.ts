/**
 * Whether a file gets into the build context. Lines count in order, the last that fits decides, and one that fits a
 * folder fits all that is in it.
 * @param ignore text of .dockerignore
 * @param path from the root of the repository
 */
export function isInContext(ignore: string, path: string): boolean {
  const lines = ignore.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'))
  return lines.reduce((included, line) => {
    const exception = line.startsWith('!')
    return fits(exception ? line.slice(1) : line, path) ? exception : included
  }, true)
}

function fits(pattern: string, path: string): boolean {
  const source = pattern
    .split('/')
    .map((part) => (part === '**' ? '(?:.*/)?' : `${part.replaceAll('.', '\\.').replaceAll('*', '[^/]*')}/`))
    .join('')
  return new RegExp(`^${source.replace(/\/$/, '')}(?:/|$)`).test(path)
}
