/** The tools file of the demo MCP server: what its guard enforces and what the registry shows on the consent page. */
export const demoTools = {
  scopes: {
    'mcp:repositories:list': { class: 'discovery', description: 'List the repositories' },
    'mcp:issue:read': { class: 'read', description: 'Read issues' },
    'mcp:issue:create': { class: 'write', description: 'Create issues' },
    'mcp:url:fetch': { class: 'external-network', description: 'Fetch pages of two sites on the Internet' },
    'mcp:branch:delete': { class: 'destructive', description: 'Delete branches' },
    'mcp:secret:rotate': { class: 'admin', description: 'Replace secrets' },
  },
  tools: {
    whoami: { class: 'discovery', scopes: [] },
    repositories_list: { scopes: ['mcp:repositories:list'] },
    issue_read: { scopes: ['mcp:issue:read'] },
    issue_create: { scopes: ['mcp:issue:create'] },
    url_fetch: { scopes: ['mcp:url:fetch'] },
    branch_delete: { scopes: ['mcp:branch:delete'] },
    secret_rotate: { scopes: ['mcp:secret:rotate'] },
    downstream_read: { scopes: ['mcp:issue:read'] },
  },
}
