import { request } from '../setup/guarded-server.ts'

const REVISION = '2026-07-28'
const META = {
  'io.modelcontextprotocol/protocolVersion': REVISION,
  'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1.0.0' },
  'io.modelcontextprotocol/clientCapabilities': {},
}

/** A request as clients of 2026-07-28 send it: the body, and the headers that mirror it. */
export function modernRequest(method: string, params: object = {}): { body: object; headers: Record<string, string> } {
  return {
    body: request(method, { ...params, _meta: META }),
    headers: { 'mcp-protocol-version': REVISION, 'mcp-method': method },
  }
}
