import type { ClientProfile } from '../profile.ts'
import { chatGpt, chatGptSigning } from './chatgpt.ts'
import { claudeAi } from './claude-ai.ts'
import { claudeCode } from './claude-code.ts'
import { claudeDesktop } from './claude-desktop.ts'
import { codex } from './codex.ts'
import { copilotCli } from './copilot-cli.ts'
import { cursor, cursorScheme } from './cursor.ts'
import { goSdk } from './go-sdk.ts'
import { inspector } from './inspector.ts'
import { mcpRemote } from './mcp-remote.ts'
import { opencode } from './opencode.ts'
import { sdk1 } from './sdk-1.ts'
import { sdk2 } from './sdk-2.ts'
import { vsCode } from './vs-code.ts'

/** Every client that is replayed, in the order of a report. */
export const CLIENT_PROFILES: readonly ClientProfile[] = [
  claudeAi,
  claudeDesktop,
  claudeCode,
  chatGpt,
  chatGptSigning,
  codex,
  vsCode,
  copilotCli,
  cursor,
  cursorScheme,
  opencode,
  inspector,
  mcpRemote,
  sdk1,
  sdk2,
  goSdk,
]
