import { z } from 'zod'
import { ENVIRONMENT, twinPath } from './environment.ts'
import { FLAGS } from './flags.ts'
import { settingsSchema } from './schema.ts'

/** What the schema says of one key of the settings file, for people. */
export interface SettingDescription {
  /** `lifetimes.codeSeconds`, `resources[].id` */
  readonly path: string
  readonly type: string
  /** A section has keys of its own, which follow it. */
  readonly isSection: boolean
  /** Undefined where there is none; `isRequired` tells whether it must then be written. */
  readonly defaultValue: unknown
  readonly isRequired: boolean
  /** One sentence each, such as "must be between 1 and 200: …". */
  readonly bounds: readonly string[]
  readonly description: string
  /** Variable that fills it; for a `…File` key the `_FILE` twin. */
  readonly variable: string | undefined
  readonly flag: string | undefined
  /** The key that names a file with this secret; only secrets have one. */
  readonly fileTwin: string | undefined
}

/** Every key of the settings file, in the order of the schema, sections before their keys. */
export function describeSettings(): readonly SettingDescription[] {
  return describeKeys(settingsSchema, '')
}

function describeKeys(schema: z.ZodObject, parent: string): readonly SettingDescription[] {
  const names = Object.keys(schema.shape)
  return Object.entries(schema.shape).flatMap(([key, value]) => {
    const path = parent === '' ? key : `${parent}.${key}`
    const twin = String(twinPath([key])[0])
    const fileTwin = names.includes(twin) ? twin : undefined
    const { inner } = unwrap(value)
    return [{ ...describeKey(value, path), fileTwin }, ...describeInner(inner, path)]
  })
}

function describeInner(schema: unknown, path: string): readonly SettingDescription[] {
  if (schema instanceof z.ZodObject) return describeKeys(schema, path)
  if (!(schema instanceof z.ZodArray)) return []
  const { inner } = unwrap(schema.element)
  return inner instanceof z.ZodObject ? describeKeys(inner, `${path}[]`) : []
}

function describeKey(schema: z.core.$ZodType, path: string): Omit<SettingDescription, 'fileTwin'> {
  const { inner, defaultValue, isOptional } = unwrap(schema)
  return {
    path,
    type: typeOf(inner, path),
    isSection: inner instanceof z.ZodObject,
    defaultValue,
    isRequired: !isOptional && defaultValue === undefined && !(inner instanceof z.ZodObject),
    bounds: boundsOf(inner),
    description: descriptionOf(schema),
    variable: variableOf(path),
    flag: FLAGS.find((flag) => flag.path.join('.') === path)?.flag,
  }
}

interface Unwrapped {
  readonly inner: unknown
  readonly defaultValue: unknown
  readonly isOptional: boolean
}

function unwrap(schema: unknown): Unwrapped {
  let inner = schema
  let defaultValue: unknown
  let isOptional = false
  for (;;) {
    if (inner instanceof z.ZodDefault) defaultValue = inner.def.defaultValue
    if (inner instanceof z.ZodOptional) isOptional = true
    if (!(inner instanceof z.ZodDefault || inner instanceof z.ZodPrefault || inner instanceof z.ZodOptional)) break
    inner = inner.unwrap()
  }
  return { inner, defaultValue, isOptional }
}

function descriptionOf(schema: z.core.$ZodType): string {
  return schema instanceof z.ZodType ? (schema.description ?? '') : ''
}

function typeOf(schema: unknown, path: string): string {
  if (schema instanceof z.ZodString || schema instanceof z.ZodStringFormat) return 'text'
  if (schema instanceof z.ZodNumber) return 'whole number'
  if (schema instanceof z.ZodBoolean) return 'true or false'
  if (schema instanceof z.ZodEnum) return `one of ${schema.options.map((option) => `\`${option}\``).join(', ')}`
  if (schema instanceof z.ZodObject) return 'section'
  // Written by hand: a path, or what would stand in the file at that path.
  if (schema instanceof z.ZodCustom) return 'path, or a section'
  if (schema instanceof z.ZodArray) {
    const inner = typeOf(unwrap(schema.element).inner, path)
    return inner === 'section' ? 'list of sections' : `list of ${inner}`
  }
  throw new TypeError(`setting ${path}: server/src/config/setting-reference.ts has no words for its type`)
}

/** Said of all text by the schema: true of every key, so of no use in a table. */
const SAID_OF_ALL_TEXT = /^must not (?:be empty|hold control characters|be longer than 4096 characters)$/

/** The library keeps a message for each check; ours hold bound and reason. */
function boundsOf(schema: unknown): readonly string[] {
  if (!(schema instanceof z.ZodType)) return []
  const checks = schema.def.checks ?? []
  const messages = checks.map(({ _zod: { def } }) => messageOf(def.error))
  const own = messages.filter((message) => message !== undefined && !SAID_OF_ALL_TEXT.test(message))
  return [...new Set(own.map(String))]
}

function messageOf(error: unknown): string | undefined {
  const message: unknown = typeof error === 'function' ? error({}) : undefined
  return typeof message === 'string' ? message : undefined
}

function variableOf(path: string): string | undefined {
  for (const { name, path: filled, secret } of ENVIRONMENT) {
    if (filled === undefined) continue
    if (filled.join('.') === path) return name
    if (secret && twinPath(filled).join('.') === path) return `${name}_FILE`
  }
  return undefined
}
