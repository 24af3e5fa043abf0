import { readClientOption } from './exchange/client-option.ts'
import { createGuard, type Guard } from './guard.ts'
import { type ProtectOptions, readProtectOptions } from './protect-options.ts'
import { readToolPolicy } from './tools-source.ts'

/**
 * Makes an MCP server a protected resource: metadata, token verification, challenges, tool classes.
 *
 * The issuer need not be up: until its metadata and keys are there, requests with a token get 503.
 *
 * @param options who issues tokens, which resource this is, and what its tools do
 * @throws ProtectError when an option is wrong, before anything is served
 * @see {@link https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization MCP authorization}
 */
export async function protect(options: ProtectOptions): Promise<Guard> {
  const settings = readProtectOptions(options)
  const policy = await readToolPolicy(options.tools)
  return createGuard(settings, policy, await readClientOption(options.client, settings.log))
}
