import { CLIENT_INFO } from '../mcp/http-speaker.ts'

/** Names the tool to whoever reads the target's log. */
export const USER_AGENT = `${CLIENT_INFO.name}/${CLIENT_INFO.version} (MCP authorization examiner)`

export const VERSION: string = CLIENT_INFO.version
