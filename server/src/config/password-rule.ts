/** NIST SP 800-63B-4 §3.1.1.2: the least for a password that is the only factor. */
export const MIN_PASSWORD_CHARACTERS = 15
/** Longer ones cannot be verified either; see `store/password.ts`. */
export const MAX_PASSWORD_CHARACTERS = 1024

/** A password of fewer different characters is a key held down. */
const MIN_DIFFERENT_CHARACTERS = 5

/**
 * Judges a new password. There are no rules about digits and signs: they make passwords worse (same source).
 * @param login the person's login, which must not be the password
 * @returns what is wrong with it, without quoting it, or undefined
 */
export function refuseNewPassword(password: string, login: string): string | undefined {
  const characters = [...password]
  if (characters.length < MIN_PASSWORD_CHARACTERS)
    return `a password has at least ${MIN_PASSWORD_CHARACTERS} characters`
  if (password.length > MAX_PASSWORD_CHARACTERS) return `a password has at most ${MAX_PASSWORD_CHARACTERS} characters`
  if (new Set(characters).size < MIN_DIFFERENT_CHARACTERS) return 'the password repeats too few characters'
  if (password.toLowerCase().replaceAll(login.toLowerCase(), '').length < MIN_PASSWORD_CHARACTERS / 3) {
    return 'the password is the login again'
  }
  return undefined
}
