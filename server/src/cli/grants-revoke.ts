import type { Command } from 'commander'
import type { SettingsFlags } from '../config/flags.ts'
import { type CommandContext, createCommand } from './command.ts'
import { CommandError } from './command-error.ts'
import { EXIT } from './exit-code.ts'
import { addSelectionFlags, type SelectionFlags, selectionOf } from './grants-selection.ts'
import { printJson } from './print-result.ts'
import { addSettingsFlags, DATABASE_FLAGS } from './settings-flags.ts'
import { withStore } from './with-store.ts'

interface GrantsRevokeOptions extends SettingsFlags, SelectionFlags {
  readonly grant?: string
  readonly json?: boolean
}

/** `sallyport grants revoke`: one grant by its id, or everything that a person, a client or a server was part of. */
export function grantsRevokeCommand(context: CommandContext): Command {
  const { terminal } = context
  const command = createCommand(context, {
    name: 'revoke',
    summary: 'take back what people have allowed',
    details:
      'With --grant, that one grant ends, and its client comes back for what the person agreed to before. With the other flags, the consents they select are withdrawn and every grant made from them ends: the person is asked anew. Access tokens that are out stop within seconds at servers that read the feed of revocations, and elsewhere when they expire, within minutes.',
    examples: [
      'sallyport grants revoke --grant 8Yw0r1nZ3TzQeJ5qk6mB2g',
      'sallyport grants revoke --user alice --client https://app.example.com/client.json',
    ],
  })
  return (
    addSettingsFlags(addSelectionFlags(command), DATABASE_FLAGS)
      // A flag and no argument: one id of sixty-four begins with a hyphen.
      .option('--grant <gid>', 'this one grant: the `gid` of its access tokens')
      .option('--json', 'print JSON')
      .action(async ({ json, grant: grantId, user, client, resource, ...flags }: GrantsRevokeOptions) => {
        const selected = [user, client, resource].some((flag) => flag !== undefined)
        if ((grantId === undefined) !== selected) throw unclear()
        const selection = selectionOf({ user, client, resource })
        const counts = await withStore(terminal, flags, async ({ consentList }) => {
          if (grantId === undefined) return consentList.withdraw(selection)
          return { consents: 0, grants: (await consentList.endGrant(grantId)) ? 1 : 0 }
        })
        if (counts.consents + counts.grants === 0) throw nothingFound(grantId)
        if (json === true) printJson(terminal, counts)
        terminal.log(`withdrawn: ${counts.consents} consents; ended: ${counts.grants} grants`)
      })
  )
}

function unclear(): CommandError {
  const message = 'name one grant by --grant, or select by --user, --client and --resource: one of the two'
  return new CommandError(EXIT.usage, 'SALLYPORT_E_USAGE', message)
}

function nothingFound(grantId: string | undefined): CommandError {
  const what =
    grantId === undefined ? 'nothing that these flags select is in force' : `there is no live grant ${grantId}`
  return new CommandError(EXIT.refused, 'SALLYPORT_E_REFUSED', `${what}: see \`sallyport grants list\``)
}
