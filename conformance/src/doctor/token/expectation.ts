/** What is known of a server and its authorization server that a token can be held against. */
export interface Expectation {
  /** `resource` of the metadata, and the URL where it is another; empty when there is no metadata to hold a token against. */
  readonly resources: readonly string[]
  /** As the authorization server calls itself, and as it was named where that is another. */
  readonly issuers: readonly string[]
  /** Key ids that are published; undefined when there are none to compare with. */
  readonly kids: readonly string[] | undefined
  /** Whether the signature fits the published key of that id; undefined where that cannot be said. */
  readonly fits: boolean | undefined
  /** By our clock, in seconds. */
  readonly now: number
  /** How far the clock of the server is ahead of ours, in seconds. */
  readonly serverAhead: number
}
