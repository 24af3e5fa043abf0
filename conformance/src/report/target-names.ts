import { isIP } from 'node:net'
import type { Report } from './report.ts'

/** These say nothing of whose server it is. */
const OF_THIS_MACHINE = new Set(['localhost', '127.0.0.1', '::1', '0.0.0.0'])
const IN_URL =
  /\b[a-z][a-z0-9+.-]{1,15}(?::\/\/|%3A%2F%2F)(?:[^\s/?#@%]{0,200}@)?(\[[0-9a-f:.]{2,45}\]|[a-z0-9._-]{1,253})/gi
const IN_HOST_HEADER = /^(?:host|x-forwarded-host): (\[[0-9a-f:.]{2,45}\]|[a-z0-9._-]{1,253})/gim

/**
 * The same report without the names of hosts, to show to others: of the target, of whatever an exchange names, and of everything
 * under the domain of the target. Sources of requirements stay.
 */
export function redactTarget(report: Report): Report {
  const names = hostsOf(report)
  const clean = (text: string): string =>
    names.reduce((rest, { host, alias }) => rest.replace(new RegExp(patternOf(host), 'gi'), alias), text)
  return {
    ...report,
    target: clean(report.target),
    checks: report.checks.map((check) => ({
      ...check,
      detail: clean(check.detail),
      evidence: check.evidence.map(({ request, response }) => ({ request: clean(request), response: clean(response) })),
    })),
  }
}

interface Name {
  readonly host: string
  readonly alias: string
}

/** Longest first: a name may be the end of another. */
function hostsOf({ target, checks }: Report): readonly Name[] {
  const texts = checks.flatMap(({ detail, evidence }) => [
    detail,
    ...evidence.flatMap(({ request, response }) => [request, response]),
  ])
  const [first] = namesIn(target)
  const others = [...new Set([...namesIn(target), ...texts.flatMap(namesIn)])].filter((host) => host !== first)
  const named = others.map((host, at) => ({ host, alias: `host-${at + 2}.example` }))
  const own = first === undefined ? [] : [{ host: first, alias: 'target.example' }, ...domainOf(first)]
  return [...own, ...named].sort((a, b) => b.host.length - a.host.length)
}

function namesIn(text: string): readonly string[] {
  return [IN_URL, IN_HOST_HEADER]
    .flatMap((pattern) => [...text.matchAll(pattern)])
    .map((match) =>
      (match[1] ?? '')
        .toLowerCase()
        .replace(/^\[|\]$/g, '')
        .replace(/\.$/, ''),
    )
    .filter((host) => host.length > 2 && !OF_THIS_MACHINE.has(host) && !host.endsWith('.example'))
}

function domainOf(host: string): readonly Name[] {
  const labels = host.split('.')
  return isIP(host) !== 0 || labels.length < 3 ? [] : [{ host: labels.slice(-2).join('.'), alias: 'domain.example' }]
}

const patternOf = (host: string): string => host.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
