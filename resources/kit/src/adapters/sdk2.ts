import { type AuthInfo, authInfoOf } from '../access.ts'
import type { Guard } from '../guard.ts'

/** What `createMcpHandler` of @modelcontextprotocol/server 2.x makes, as far as it is used here. */
export interface McpFetchHandler {
  readonly fetch: (request: Request, options?: { authInfo?: AuthInfo }) => Promise<Response>
}

/** What `scopeChallenge` of that SDK's `registerTool` answers. */
export interface ToolScopeChallenge {
  readonly scopes: readonly [string, ...string[]]
}

/**
 * The handler of `createMcpHandler` behind the guard, as a fetch handler. Under node, put `createNodeHandler` or
 * `createExpressMiddleware` in front of that SDK's `toNodeHandler(handler)`, which reads the `req.auth` they leave.
 *
 * @param guard what `protect` made
 * @param handler what `createMcpHandler` made
 */
export function createSdk2Handler(guard: Guard, handler: McpFetchHandler): (request: Request) => Promise<Response> {
  return (request) =>
    guard.handle(request, (passed, access) =>
      handler.fetch(passed, access === undefined ? {} : { authInfo: authInfoOf(access) }),
    )
}

/**
 * The `scopeChallenge` of a tool from the guard's tools file, for servers that use `guard.verifier` with the SDK's own
 * `requireBearerAuth` instead of an adapter: 403 with all scopes of the tool, hierarchies counted.
 *
 * It can answer nothing but scopes. So it throws, and the SDK answers an internal error and runs nothing, where no scope
 * would help: the tool is destructive, administrative or not listed, or nobody verified a token.
 *
 * @param guard what `protect` made
 * @param tool the name that the tool is registered under
 */
export function createScopeChallenge(
  guard: Guard,
  tool: string,
): (context: { readonly authInfo?: { readonly scopes: readonly string[] } }) => ToolScopeChallenge | undefined {
  return ({ authInfo }) => {
    if (authInfo === undefined) throw new Error(`${tool}: no access token was verified in front of this tool`)
    const decision = guard.decideCall(tool, authInfo.scopes)
    if (decision.kind === 'allow') return undefined
    const [first, ...others] = decision.kind === 'insufficient-scope' ? decision.scopes : []
    if (first === undefined) throw new Error(`${tool}: no scope opens this tool; it needs an approval of its own`)
    return { scopes: [first, ...others] }
  }
}
