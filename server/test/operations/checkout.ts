import { execFileSync } from 'node:child_process'

/** Absolute root of this checkout, without a slash at the end. */
export const ROOT: string = new URL('../../..', import.meta.url).pathname.replace(/\/$/, '')

/** What a fresh clone with these changes would hold: ignored files are left out. @returns paths from the root */
export function filesOfCheckout(): readonly string[] {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', '--deduplicate']
  return execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' })
    .split('\n')
    .filter((path) => path !== '')
}
