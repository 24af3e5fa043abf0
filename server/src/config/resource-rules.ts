import { resolve } from 'node:path'
import { canonicalResourceUri, parseToolsFile } from '@sallyport/policy'
import { parse } from 'yaml'
import type { z } from 'zod'
import { judgeExchangeSources } from './exchange-rules.ts'
import type { FileTexts } from './named-files.ts'
import type { Findings, SettingsPath } from './problem.ts'
import { judgeResourceSpellings } from './resource-spellings.ts'
import type { resourceSchema } from './schema-registry.ts'
import type { ResourceSettings } from './settings.ts'

/** One entry of a list that has the right shape; its index is where it stands in the file. */
export interface Entry<T> {
  readonly index: number
  readonly entry: T
}

export type ResourceInput = z.output<typeof resourceSchema>

/** What is needed to judge resources beside the resources. */
interface ResourceRulesDeps {
  readonly files: FileTexts
  readonly baseDir: string
  readonly findings: Findings
}

/**
 * Judges the resources of the settings: identifiers, aliases, tools files, and what they are to each other.
 * @returns those without problems; the others were reported
 */
export function judgeResources(
  entries: readonly Entry<ResourceInput>[],
  deps: ResourceRulesDeps,
): readonly ResourceSettings[] {
  const judged = entries.map(({ index, entry }) => ({ index, entry: judgeResource(index, entry, deps) }))
  reportRepeatedIds(judged, deps.findings)
  judgeResourceSpellings(judged, deps.findings)
  judgeExchangeSources(judged, deps.findings)
  return judged.map(({ entry }) => entry)
}

function judgeResource(index: number, input: ResourceInput, deps: ResourceRulesDeps): ResourceSettings {
  const path = ['resources', index]
  return {
    id: input.id,
    uri: canonicalUri(input.uri, [...path, 'uri'], deps.findings),
    name: input.name,
    aliases: input.aliases.map((alias, at) => canonicalUri(alias, [...path, 'aliases', at], deps.findings)),
    tools: readTools(input.tools, [...path, 'tools'], deps),
    ...(input.accessTokenSeconds === undefined ? {} : { accessTokenSeconds: input.accessTokenSeconds }),
    ...(input.ownerClient === undefined ? {} : { ownerClient: input.ownerClient }),
    exchangeOnly: input.exchangeOnly,
    exchangeFrom: input.exchangeFrom,
  }
}

function canonicalUri(written: string, path: SettingsPath, findings: Findings): string {
  const canonical = canonicalResourceUri(written)
  if (canonical.ok) return canonical.uri
  findings.problem('SALLYPORT_E_SETTINGS_VALUE', path, canonical.reason)
  return written
}

/** @returns the tools file as a plain object; undefined when it was refused and reported */
function readTools(tools: ResourceInput['tools'], path: SettingsPath, deps: ResourceRulesDeps): unknown {
  if (typeof tools === 'string') return readToolsPath(tools, path, deps)
  const parsed = parseToolsFile(tools)
  if (parsed.ok) return tools
  for (const problem of parsed.problems) {
    deps.findings.problem('SALLYPORT_E_SETTINGS_TOOLS', [...path, ...problem.path], problem.message)
  }
  return undefined
}

function readToolsPath(named: string, path: SettingsPath, { files, baseDir, findings }: ResourceRulesDeps): unknown {
  const file = resolve(baseDir, named)
  const content = files.get(file)
  if (content === undefined || !content.ok) {
    findings.problem('SALLYPORT_E_SETTINGS_FILE', path, `${file} ${content?.reason ?? 'was not read'}`)
    return undefined
  }
  const parsed = parseToolsFile(content.text)
  if (parsed.ok) return parse(content.text)
  for (const { message, path: inFile, line, column } of parsed.problems) {
    const position = { ...(line === undefined ? {} : { line }), ...(column === undefined ? {} : { column }) }
    findings.problemAt({ kind: 'file', file, ...position }, 'SALLYPORT_E_SETTINGS_TOOLS', inFile, message)
  }
  return undefined
}

function reportRepeatedIds(entries: readonly Entry<{ readonly id: string }>[], findings: Findings): void {
  const seen = new Map<string, number>()
  for (const { index, entry } of entries) {
    const first = seen.get(entry.id)
    if (first === undefined) seen.set(entry.id, index)
    else
      findings.problem(
        'SALLYPORT_E_SETTINGS_CONFLICT',
        ['resources', index, 'id'],
        `is the id of resources[${first}] too`,
      )
  }
}
