import { X509Certificate } from 'node:crypto'
import type { Command } from 'commander'
import type { Console } from './console.ts'
import { UsageError } from './usage-error.ts'

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

/** Adds `--ca` to a verb. */
export function addRootsFlag(verb: Command): void {
  verb.option('--ca <file.pem>', 'certificates of a private authority that is believed beside the usual ones')
}

/** @throws UsageError for a file that holds no certificate */
export async function loadRoots(
  path: string | undefined,
  { readFile }: Pick<Console, 'readFile'>,
): Promise<readonly string[] | undefined> {
  if (path === undefined) return undefined
  const roots = (await readPem(path, readFile)).match(CERTIFICATE) ?? []
  if (roots.length === 0) throw new UsageError(`--ca ${path}: it holds no certificate in PEM`)
  roots.forEach((root, at) => {
    if (!isCertificate(root)) throw new UsageError(`--ca ${path}: its certificate number ${at + 1} cannot be read`)
  })
  return roots
}

async function readPem(path: string, readFile: Console['readFile']): Promise<string> {
  try {
    return await readFile(path)
  } catch (error) {
    throw new UsageError(`--ca ${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0
  } catch {
    return false
  }
}
