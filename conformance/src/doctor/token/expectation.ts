/** What is known of a server and its authorization server that a token can be held against. */
export interface Expectation {
  /** `resource` of the metadata, else the URL. */
  readonly resource: string
  /** As the authorization server calls itself, else as it was named. */
  readonly issuer: string | undefined
  /** Key ids that are published; undefined when no key set was found. */
  readonly kids: readonly string[] | undefined
  /** By our clock, in seconds. */
  readonly now: number
  /** How far the clock of the server is ahead of ours, in seconds. */
  readonly serverAhead: number
}
