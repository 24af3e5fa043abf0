/** The command line cannot be understood, or asks for what is refused. Exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
