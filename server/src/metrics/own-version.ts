import { existsSync, readFileSync } from 'node:fs'

/** The version in this package's manifest, which built code is further away from than the sources. */
export function ownVersion(): string {
  const manifests = ['../../package.json', '../../../../package.json'].map((path) => new URL(path, import.meta.url))
  const manifest = manifests.find((url) => existsSync(url))
  if (manifest === undefined) return 'unknown'
  const parsed: unknown = JSON.parse(readFileSync(manifest, 'utf8'))
  return typeof parsed === 'object' && parsed !== null && 'version' in parsed ? String(parsed.version) : 'unknown'
}
