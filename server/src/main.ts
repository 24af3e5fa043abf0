import { runCli } from './cli/run-cli.ts'
import { processTerminal } from './cli/terminal.ts'
import { ownVersion } from './metrics/own-version.ts'

// `sallyport client list | head` closes the pipe early, which is no failure.
process.stdout.on('error', (error) => {
  if ('code' in error && error.code === 'EPIPE') process.exit(0)
  throw error
})

process.exitCode = await runCli(process.argv.slice(2), processTerminal(), ownVersion())
