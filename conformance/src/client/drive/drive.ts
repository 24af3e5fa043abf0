/** What a client is told for one run. */
export interface Drive {
  /** URL of the MCP endpoint. */
  readonly url: string
  readonly env: Readonly<Record<string, string>>
  /** A folder of this run alone, for what the client wants to keep. */
  readonly folder: string
  /** Aborted when the run is over, whatever the client thinks of it. */
  readonly signal: AbortSignal
}

/** How the client ended, and the last it wrote. */
export interface Driven {
  readonly exitCode: number | null
  readonly output: string
}

/** Runs the client once. It ends when the client does, or soon after the signal. @throws NotStartedError */
export type Driver = (drive: Drive) => Promise<Driven>

/** The command of the client cannot be started at all. */
export class NotStartedError extends Error {
  override readonly name = 'NotStartedError'
}
