/** The tools file of the demo MCP server: what its guard enforces and what the registry shows on the consent page. */
export const demoTools = {
  scopes: {
    'mcp:repositories:list': { class: 'discovery', description: 'List the repositories' },
    'mcp:issue:read': { class: 'read', description: 'Read issues' },
  },
  tools: {
    whoami: { class: 'discovery', scopes: [] },
    repositories_list: { scopes: ['mcp:repositories:list'] },
    issue_read: { scopes: ['mcp:issue:read'] },
  },
}

/** What the demo's repositories_list answers. */
export const REPOSITORIES = ['sallyport/gatehouse', 'sallyport/drawbridge']

/** What the demo's issue_read answers, by number. */
export const ISSUES: ReadonlyMap<number, { readonly title: string; readonly state: 'open' | 'closed' }> = new Map([
  [1, { title: 'The outer door does not close by itself', state: 'open' }],
  [2, { title: 'One key opens both doors', state: 'closed' }],
  [3, { title: 'Write down who holds which key', state: 'open' }],
])
