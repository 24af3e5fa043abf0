import type { ClientProfile } from '../profile.ts'
import { claudeAi } from './claude-ai.ts'

/** Claude on the desktop: its connectors run in the same backend, under the same document. */
export const claudeDesktop: ClientProfile = {
  ...claudeAi,
  id: 'claude-desktop',
  name: 'Claude Desktop',
  sources: [
    {
      url: 'https://claude.com/docs/connectors/building/authentication',
      says: 'as others quote it: web, desktop and mobile share one document and one redirect URI',
    },
    {
      url: 'https://github.com/anthropics/claude-ai-mcp/issues/1043',
      says: 'a registration from the desktop comes from the same backend as one from the web (2026-09-15)',
    },
    ...claudeAi.sources,
  ],
  differs: 'The same as Claude.ai: connectors of the desktop run in the backend, not on the desktop.',
}
