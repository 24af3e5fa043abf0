import type { Command } from 'commander'
import type { SettingsFlags } from '../config/flags.ts'
import type { Settings } from '../config/settings.ts'
import { isMigrated } from '../store/index.ts'
import { type CommandContext, createCommand } from './command.ts'
import { CommandError } from './command-error.ts'
import { settingsOfCommand } from './command-settings.ts'
import { EXIT } from './exit-code.ts'
import { refuseDevelopmentKeys } from './refuse-development-keys.ts'
import { addSettingsFlags, SERVE_FLAGS } from './settings-flags.ts'
import { waitForSignal } from './wait-for-signal.ts'
import { notMigrated } from './with-store.ts'

/** `sallyport serve`: the authorization server in production. */
export function serveCommand(context: CommandContext): Command {
  const { terminal } = context
  const command = createCommand(context, {
    name: 'serve',
    summary: 'run the authorization server in production',
    details:
      'Needs an https issuer, DATABASE_URL, SALLYPORT_ENCRYPTION_KEYS and SALLYPORT_COOKIE_KEYS (or their _FILE twins).',
    examples: [
      'sallyport serve --config /etc/sallyport.yaml',
      'SALLYPORT_ISSUER=https://auth.example.com DATABASE_URL_FILE=/run/secrets/database sallyport serve',
    ],
  })
  return addSettingsFlags(command, SERVE_FLAGS).action(async (flags: SettingsFlags) => {
    const settings = settingsOfCommand(terminal, 'serve', flags)
    refuseDevelopmentKeys(settings)
    if (!(await isMigrated(settings.databaseUrl?.reveal() ?? ''))) throw notMigrated()
    // Loaded only here: the other commands start in a fraction of the time without the engine.
    const { startServer } = await import('../app.ts')
    const server = await startServer(settings).catch((error: unknown) => {
      throw explainListen(error, settings)
    })
    terminal.log(`serving ${server.issuerUrl} on ${settings.listen.host}:${settings.listen.port}`)
    const signal = await waitForSignal()
    terminal.log(`stopping on ${signal}`)
    // A supervisor's stop is one that nobody should notice; a person at the keyboard wants the end.
    if (signal === 'SIGTERM') return server.drain()
    await server.close()
    context.exitCode = EXIT.interrupted
  })
}

function explainListen(error: unknown, { listen, management }: Settings): unknown {
  if (!(error instanceof Error) || !('code' in error) || !('port' in error)) return error
  const setting = error.port === management.port ? 'SALLYPORT_MANAGEMENT_PORT' : 'SALLYPORT_PORT'
  const host = error.port === management.port ? management.host : listen.host
  if (error.code === 'EADDRINUSE') {
    const message = `port ${error.port} on ${host} is in use: stop the other program, or set ${setting}`
    return new CommandError(EXIT.refused, 'SALLYPORT_E_REFUSED', message)
  }
  if (error.code === 'EACCES') {
    const message = `this user may not listen on port ${error.port}: set ${setting} to one above 1023`
    return new CommandError(EXIT.refused, 'SALLYPORT_E_REFUSED', message)
  }
  return error
}
