import { isIP } from 'node:net'
import { isUnreachable, type ManyReport, type TargetReport } from './many.ts'
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
  const names = namesOf([report.target], textsOf(report), {
    target: () => 'target.example',
    domain: () => 'domain.example',
  })
  return redacted(report, cleaner(names))
}

/** The same for many: a host has one alias wherever it is named, and targets are numbered in place of their names. */
export function redactTargets({ targets }: ManyReport): ManyReport {
  const texts = targets.flatMap((each) => (isUnreachable(each) ? [each.unreachable] : textsOf(each)))
  const addresses = targets.map(({ target }) => target)
  const names = namesOf(addresses, texts, {
    target: (at) => `target-${at}.example`,
    domain: (at) => `domain-${at}.example`,
  })
  const clean = cleaner(names)
  return { targets: targets.map((each, at) => redactedTarget(each, `target ${at + 1}`, clean)) }
}

type Clean = (text: string) => string

function redactedTarget(each: TargetReport, name: string, clean: Clean): TargetReport {
  if (!isUnreachable(each)) return { ...redacted(each, clean), name }
  return { name, target: clean(each.target), unreachable: clean(each.unreachable) }
}

function redacted<Any extends Report>(report: Any, clean: Clean): Any {
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

function cleaner(names: readonly Name[]): Clean {
  const patterns = names.map(({ host, alias }) => ({ pattern: new RegExp(patternOf(host), 'gi'), alias }))
  return (text) => patterns.reduce((rest, { pattern, alias }) => rest.replace(pattern, alias), text)
}

interface Name {
  readonly host: string
  readonly alias: string
}

/** What a host is called instead, by its number, which begins with 1. */
interface Aliases {
  readonly target: (at: number) => string
  readonly domain: (at: number) => string
}

function textsOf({ checks }: Report): readonly string[] {
  return checks.flatMap(({ detail, evidence }) => [
    detail,
    ...evidence.flatMap(({ request, response }) => [request, response]),
  ])
}

/** Longest first: a name may be the end of another. */
function namesOf(addresses: readonly string[], texts: readonly string[], aliases: Aliases): readonly Name[] {
  const own = [...new Set(addresses.flatMap((address) => namesIn(address).slice(0, 1)))]
  const domains = [...new Set(own.flatMap(domainOf))].filter((domain) => !own.includes(domain))
  const others = new Set([...addresses, ...texts].flatMap(namesIn))
  const named = [...others].filter((host) => !own.includes(host))
  return [
    ...own.map((host, at) => ({ host, alias: aliases.target(at + 1) })),
    ...domains.map((host, at) => ({ host, alias: aliases.domain(at + 1) })),
    ...named.map((host, at) => ({ host, alias: `host-${at + 2}.example` })),
  ].sort((a, b) => b.host.length - a.host.length)
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

function domainOf(host: string): readonly string[] {
  const labels = host.split('.')
  return isIP(host) !== 0 || labels.length < 3 ? [] : [labels.slice(-2).join('.')]
}

const patternOf = (host: string): string => host.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
