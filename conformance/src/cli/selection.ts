import type { Check } from '../check/check.ts'
import { UsageError } from './usage-error.ts'

/**
 * The checks that `--only` and `--skip` leave. Each names a check, or a requirement for all of its checks.
 * @throws UsageError for a name that is neither, and where none is left: a run that asks nothing must not pass
 */
export function selectChecks<Item extends Pick<Check<never>, 'id' | 'requirement'>>(
  checks: readonly Item[],
  { only, skip }: { readonly only: readonly string[]; readonly skip: readonly string[] },
): readonly Item[] {
  for (const name of [...only, ...skip]) {
    if (!checks.some((check) => isNamed(check, name))) {
      throw new UsageError(`${name} is no check and no requirement; --list shows them all`)
    }
  }
  const left = checks
    .filter((check) => only.length === 0 || only.some((name) => isNamed(check, name)))
    .filter((check) => !skip.some((name) => isNamed(check, name)))
  if (left.length === 0) throw new UsageError('--only and --skip leave no check')
  return left
}

function isNamed({ id, requirement }: Pick<Check<never>, 'id' | 'requirement'>, name: string): boolean {
  return id === name || requirement === name
}
