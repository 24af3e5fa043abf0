import { existsSync, readFileSync } from 'node:fs'
import { runCli } from './cli/run-cli.ts'
import { processTerminal } from './cli/terminal.ts'

// `sallyport client list | head` closes the pipe early, which is no failure.
process.stdout.on('error', (error) => {
  if ('code' in error && error.code === 'EPIPE') process.exit(0)
  throw error
})

process.exitCode = await runCli(process.argv.slice(2), processTerminal(), ownVersion())

/** The version in this package's manifest, which built code is further away from than the sources. */
function ownVersion(): string {
  const manifests = ['../package.json', '../../../package.json'].map((path) => new URL(path, import.meta.url))
  const manifest = manifests.find((url) => existsSync(url))
  if (manifest === undefined) return 'unknown'
  const parsed: unknown = JSON.parse(readFileSync(manifest, 'utf8'))
  return typeof parsed === 'object' && parsed !== null && 'version' in parsed ? String(parsed.version) : 'unknown'
}
