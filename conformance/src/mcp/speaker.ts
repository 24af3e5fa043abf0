import type { Header, WireAnswer, WireRequest } from '../wire/message.ts'
import type { Wire } from '../wire/wire.ts'
import type { Revision } from './revision.ts'

/** A JSON-RPC request to an MCP server, and with which credentials. */
export interface McpCall {
  readonly method: string
  readonly params?: Readonly<Record<string, unknown>>
  /** Access token for an ordinary Authorization header; undefined sends none. */
  readonly token?: string | undefined
  /** Headers beside those of the transport; one of the same name replaces it. */
  readonly headers?: readonly Header[]
}

/** Speaks MCP to one server in the revision that it was found to speak. */
export interface McpSpeaker {
  readonly revision: Revision
  /**
   * The request as the transport of the revision writes it. Checks that want it bent change this before they send it.
   * For revisions with sessions, `session` is what `open` answered.
   */
  request(call: McpCall, session?: string): WireRequest
  /**
   * Opens a session where the revision has them (`initialize` and `notifications/initialized`).
   * @returns its id; undefined where there are none
   * @throws Unanswered
   */
  open(wire: Wire, token: string | undefined): Promise<{ answer: WireAnswer; session: string | undefined }>
  /** Sends one call, after opening a session where one is needed. @throws Unanswered */
  call(wire: Wire, call: McpCall): Promise<WireAnswer>
}
