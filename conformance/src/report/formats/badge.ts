import { type ManyReport, summariseMany, unreachableOf } from '../many.ts'
import type { Report } from '../report.ts'

/**
 * A report as the badge endpoint of shields.io reads it.
 * @see https://shields.io/badges/endpoint-badge
 */
export function renderBadge({ summary }: Report): string {
  return badge(stateOf(summary))
}

/** All targets together; one that was not examined leaves it open whether anything is well. */
export function renderBadgeOfMany(many: ManyReport): string {
  const summary = summariseMany(many)
  const silent = unreachableOf(many).length
  return badge(
    summary.fail === 0 && silent > 0 ? { message: `${silent} unreachable`, color: 'lightgrey' } : stateOf(summary),
  )
}

function badge(state: { message: string; color: string }): string {
  return `${JSON.stringify({ schemaVersion: 1, label: 'MCP authorization', ...state })}\n`
}

function stateOf({ pass, fail, warn, incomplete }: Report['summary']): { message: string; color: string } {
  if (fail > 0) return { message: `${fail} failed`, color: 'red' }
  if (incomplete > 0) return { message: `${incomplete} incomplete`, color: 'lightgrey' }
  // A run of nothing proves nothing.
  if (pass === 0) return { message: 'nothing passed', color: 'lightgrey' }
  if (warn > 0) return { message: `${pass} passed, ${warn} warned`, color: 'yellow' }
  return { message: `${pass} passed`, color: 'brightgreen' }
}
