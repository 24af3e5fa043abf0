import type { Command } from 'commander'
import { checkConfigCommand } from './check-config.ts'
import { cleanupCommand } from './cleanup.ts'
import { clientAddCommand } from './client-add.ts'
import { clientListCommand } from './client-list.ts'
import { clientRemoveCommand } from './client-remove.ts'
import { type CommandContext, createCommand, withSubcommands } from './command.ts'
import { devCommand } from './dev.ts'
import { doctorCommand } from './doctor.ts'
import { grantsListCommand } from './grants-list.ts'
import { grantsRevokeCommand } from './grants-revoke.ts'
import { initCommand } from './init.ts'
import { keysListCommand } from './keys-list.ts'
import { keysRewrapCommand } from './keys-rewrap.ts'
import { keysRotateCommand } from './keys-rotate.ts'
import { migrateCommand } from './migrate.ts'
import { passkeysListCommand } from './passkeys-list.ts'
import { passkeysRemoveCommand } from './passkeys-remove.ts'
import { resourceAddCommand } from './resource-add.ts'
import { resourceListCommand } from './resource-list.ts'
import { resourceRemoveCommand } from './resource-remove.ts'
import { serveCommand } from './serve.ts'
import { userAddCommand } from './user-add.ts'
import { userDisableCommand } from './user-disable.ts'
import { userListCommand } from './user-list.ts'
import { userPasswdCommand } from './user-passwd.ts'

/** The whole command line, in the order of the help. */
export function createProgram(context: CommandContext, version: string): Command {
  const program = createCommand(context, {
    name: 'sallyport',
    summary: 'OAuth authorization server for MCP servers',
    examples: ['sallyport dev', 'sallyport check-config', 'sallyport user add alice'],
  })
  program.version(version, '-V, --version', 'print the version')
  return withSubcommands(program, [
    devCommand(context),
    serveCommand(context),
    initCommand(context),
    migrateCommand(context),
    checkConfigCommand(context),
    doctorCommand(context),
    userCommand(context),
    passkeysCommand(context),
    clientCommand(context),
    resourceCommand(context),
    grantsCommand(context),
    keysCommand(context),
    cleanupCommand(context),
  ])
}

function userCommand(context: CommandContext): Command {
  const command = createCommand(context, {
    name: 'user',
    summary: 'people who sign in',
    examples: ['sallyport user add alice', 'sallyport user list'],
  })
  return withSubcommands(command, [
    userAddCommand(context),
    userListCommand(context),
    userPasswdCommand(context),
    userDisableCommand(context),
  ])
}

function passkeysCommand(context: CommandContext): Command {
  const command = createCommand(context, {
    name: 'passkeys',
    summary: 'what people sign in by besides a password',
    examples: ['sallyport passkeys list alice', 'sallyport passkeys remove alice'],
  })
  return withSubcommands(command, [passkeysListCommand(context), passkeysRemoveCommand(context)])
}

function clientCommand(context: CommandContext): Command {
  const command = createCommand(context, {
    name: 'client',
    summary: 'programs that ask for tokens',
    examples: ['sallyport client add --name Desk --redirect-uri http://127.0.0.1/callback', 'sallyport client list'],
  })
  return withSubcommands(command, [clientAddCommand(context), clientListCommand(context), clientRemoveCommand(context)])
}

function resourceCommand(context: CommandContext): Command {
  const command = createCommand(context, {
    name: 'resource',
    summary: 'MCP servers that tokens are issued for',
    examples: [
      'sallyport resource add --id issues --uri https://mcp.example.com/mcp --name Issues --tools tools.yaml',
      'sallyport resource list',
    ],
  })
  return withSubcommands(command, [
    resourceAddCommand(context),
    resourceListCommand(context),
    resourceRemoveCommand(context),
  ])
}

function grantsCommand(context: CommandContext): Command {
  const command = createCommand(context, {
    name: 'grants',
    summary: 'what people have allowed, and taking it back',
    examples: ['sallyport grants list --user alice', 'sallyport grants revoke --user alice'],
  })
  return withSubcommands(command, [grantsListCommand(context), grantsRevokeCommand(context)])
}

function keysCommand(context: CommandContext): Command {
  const command = createCommand(context, {
    name: 'keys',
    summary: 'keys that sign tokens, and keys that seal what lies in the database',
    examples: ['sallyport keys list', 'sallyport keys rotate', 'sallyport keys rewrap'],
  })
  return withSubcommands(command, [keysListCommand(context), keysRotateCommand(context), keysRewrapCommand(context)])
}
