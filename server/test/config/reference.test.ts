import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { ENVIRONMENT, twinPath } from '../../src/config/environment.ts'
import { FLAGS } from '../../src/config/flags.ts'
import { settingsSchema } from '../../src/config/schema.ts'
import { describeSettings } from '../../src/config/setting-reference.ts'

interface Key {
  readonly path: string
  readonly description: string | undefined
}

/** Every key of the settings file, sections and entries included. */
function keysOf(schema: unknown, path: string): readonly Key[] {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional) {
    return keysOf(schema.unwrap(), path)
  }
  if (schema instanceof z.ZodArray) return keysOf(schema.element, `${path}[]`)
  if (!(schema instanceof z.ZodObject)) return []
  return Object.entries(schema.shape).flatMap(([key, value]) => {
    const inner = path === '' ? key : `${path}.${key}`
    return [{ path: inner, description: value.description }, ...keysOf(value, inner)]
  })
}

const keys = keysOf(settingsSchema, '')
const paths = new Set(keys.map(({ path }) => path))

describe('the settings reference', () => {
  it('says of every key what it is, on one line that ends as a sentence', () => {
    expect(keys.length).toBeGreaterThan(40)
    for (const { path, description } of keys) {
      expect(description, path).toMatch(/^[A-Z][^\n]{10,159}\.$/)
    }
  })

  it('has a key for every variable that fills a setting, and a twin for every secret', () => {
    for (const { name, path, secret } of ENVIRONMENT) {
      if (path === undefined) continue
      expect(paths, name).toContain(path.join('.'))
      expect(paths.has(twinPath(path).join('.')), name).toBe(secret)
    }
  })

  it('has a key for every flag', () => {
    for (const { flag, path } of FLAGS) expect(paths, flag).toContain(path.join('.'))
  })

  it('describes every key of the schema, in its order, and no other', () => {
    expect(describeSettings().map(({ path }) => path)).toEqual(keys.map(({ path }) => path))
  })

  it('knows type, default, bounds, variable, flag and the twin of a secret', () => {
    const described = new Map(describeSettings().map((setting) => [setting.path, setting]))
    expect(described.get('listen.port')).toMatchObject({
      type: 'whole number',
      defaultValue: 9400,
      bounds: ['must be between 1 and 65535: it becomes part of a URL'],
      variable: 'SALLYPORT_PORT',
      flag: '--port',
      isRequired: false,
    })
    expect(described.get('resources[].uri')).toMatchObject({ type: 'text', isRequired: true })
    expect(described.get('clients[].secret')).toMatchObject({ fileTwin: 'secretFile', isRequired: false })
    expect(described.get('databaseUrlFile')).toMatchObject({ variable: 'DATABASE_URL_FILE', fileTwin: undefined })
  })

  it('has no flag that could carry a secret', () => {
    const secrets = ENVIRONMENT.filter(({ secret }) => secret).map(({ path }) => path?.join('.'))
    for (const { path } of FLAGS) expect(secrets).not.toContain(path.join('.'))
  })
})
