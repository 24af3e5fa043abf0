import { CommandError } from './command-error.ts'
import { EXIT } from './exit-code.ts'

/** E-mail addresses fit (RFC 5321: 254), and it still is one line on a page. */
const MAX_LOGIN_CHARACTERS = 254

/** @throws CommandError with exit code 2 for text that nobody could sign in with */
export function requireLogin(login: string): void {
  if (/^[^\s\p{C}]+$/u.test(login) && login.length <= MAX_LOGIN_CHARACTERS) return
  const message = `a login is 1 to ${MAX_LOGIN_CHARACTERS} visible characters without blanks`
  throw new CommandError(EXIT.usage, 'SALLYPORT_E_USAGE', message)
}

export function unknownLogin(login: string): CommandError {
  const message = `there is no user ${login}: see \`sallyport user list\``
  return new CommandError(EXIT.refused, 'SALLYPORT_E_REFUSED', message)
}
