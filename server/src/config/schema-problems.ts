import { z } from 'zod'
import type { Layers } from './layers.ts'
import { valueAt } from './named-files.ts'
import { nearestName } from './nearest-name.ts'
import type { Findings, Problem, SettingsPath } from './problem.ts'

type Issue = z.core.$ZodIssue

/**
 * Says in our own words what a schema found: the library's messages neither know the file nor what to change.
 * @param schema the schema that judged `layers.value`
 */
export function reportIssues(schema: z.ZodType, issues: readonly Issue[], layers: Layers, findings: Findings): void {
  for (const issue of issues) {
    const path = issue.path.filter((key): key is string | number => typeof key !== 'symbol')
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys) reportUnknownKey(schema, path, key, layers, findings)
      continue
    }
    const { code, message } = describeIssue(issue, valueAt(layers.value, path))
    findings.problem(code, path, message)
  }
}

function reportUnknownKey(
  schema: z.ZodType,
  path: SettingsPath,
  key: string,
  layers: Layers,
  findings: Findings,
): void {
  const known = keysAt(schema, path)
  const nearest = nearestName(key, known)
  const advice = nearest === undefined ? `remove it; known here: ${known.join(', ')}` : `did you mean ${nearest}?`
  const where = [...path, key]
  findings.problemAt(
    layers.sourceOfKey(where),
    'SALLYPORT_E_SETTINGS_UNKNOWN_KEY',
    where,
    `is not a setting: ${advice}`,
  )
}

function describeIssue(issue: Issue, value: unknown): Pick<Problem, 'code' | 'message'> {
  if (issue.code === 'invalid_value') {
    const known = issue.values.map(String)
    const nearest = typeof value === 'string' ? nearestName(value, known) : undefined
    const advice = nearest === undefined ? '' : `: did you mean ${nearest}?`
    return { code: 'SALLYPORT_E_SETTINGS_VALUE', message: `must be one of ${known.join(', ')}${advice}` }
  }
  if (value === undefined) return { code: 'SALLYPORT_E_SETTINGS_MISSING', message: 'is missing: add it' }
  if (issue.code === 'invalid_type') {
    const expected = EXPECTED_WORDS[issue.expected] ?? issue.expected
    return { code: 'SALLYPORT_E_SETTINGS_TYPE', message: `must be ${expected}, not ${kindOf(value)}` }
  }
  return { code: 'SALLYPORT_E_SETTINGS_VALUE', message: issue.message }
}

const EXPECTED_WORDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a whole number',
  int: 'a whole number',
  object: 'a section of key: value lines',
  array: 'a list',
}

/** Names the kind of a value and never the value: it may be a secret in the wrong place. */
function kindOf(value: unknown): string {
  if (value === null) return 'empty: give it a value or remove the line'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a section'
  if (typeof value === 'number') return Number.isInteger(value) ? 'a number (quote it)' : 'a number with a fraction'
  return typeof value === 'string' ? 'text' : 'true or false'
}

/** The keys that a schema knows at a path, for suggestions. */
function keysAt(schema: z.ZodType, path: SettingsPath): readonly string[] {
  let current: unknown = unwrap(schema)
  for (const key of path) {
    if (current instanceof z.ZodArray) current = unwrap(current.element)
    else if (current instanceof z.ZodObject) current = unwrap(current.shape[key])
    else return []
  }
  return current instanceof z.ZodObject ? Object.keys(current.shape) : []
}

function unwrap(schema: unknown): unknown {
  let current = schema
  while (current instanceof z.ZodDefault || current instanceof z.ZodPrefault || current instanceof z.ZodOptional) {
    current = current.unwrap()
  }
  return current
}
