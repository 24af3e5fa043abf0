import { existsSync, readFileSync } from 'node:fs'
import { runCli } from './cli/run-cli.ts'
import { processTerminal } from './cli/terminal.ts'

process.exitCode = await runCli(process.argv.slice(2), processTerminal(), ownVersion())

/** The version in this package's manifest, which built code is further away from than the sources. */
function ownVersion(): string {
  const manifests = ['../package.json', '../../../package.json'].map((path) => new URL(path, import.meta.url))
  const manifest = manifests.find((url) => existsSync(url))
  if (manifest === undefined) return 'unknown'
  const parsed: unknown = JSON.parse(readFileSync(manifest, 'utf8'))
  return typeof parsed === 'object' && parsed !== null && 'version' in parsed ? String(parsed.version) : 'unknown'
}
