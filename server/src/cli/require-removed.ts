import { CommandError } from './command-error.ts'
import { EXIT } from './exit-code.ts'

/** @throws CommandError with exit code 1 when nothing was removed */
export function requireRemoved(
  noun: 'client' | 'resource',
  id: string,
  outcome: 'removed' | 'unknown' | 'owned-by-settings',
): void {
  switch (outcome) {
    case 'removed':
      return
    case 'unknown':
      throw refused(`there is no ${noun} ${id}: see \`sallyport ${noun} list\``)
    case 'owned-by-settings':
      throw refused(`${noun} ${id} stands in the settings file: remove it there`)
  }
}

function refused(message: string): CommandError {
  return new CommandError(EXIT.refused, 'SALLYPORT_E_REFUSED', message)
}
