import type { Report } from '../report.ts'

/**
 * A report as the badge endpoint of shields.io reads it.
 * @see https://shields.io/badges/endpoint-badge
 */
export function renderBadge({ summary }: Report): string {
  return `${JSON.stringify({ schemaVersion: 1, label: 'MCP authorization', ...stateOf(summary) })}\n`
}

function stateOf({ pass, fail, warn, incomplete }: Report['summary']): { message: string; color: string } {
  if (fail > 0) return { message: `${fail} failed`, color: 'red' }
  if (incomplete > 0) return { message: `${incomplete} incomplete`, color: 'lightgrey' }
  // A run of nothing proves nothing.
  if (pass === 0) return { message: 'nothing passed', color: 'lightgrey' }
  if (warn > 0) return { message: `${pass} passed, ${warn} warned`, color: 'yellow' }
  return { message: `${pass} passed`, color: 'brightgreen' }
}
