/** One start tag of a document, its attributes decoded. */
export interface Tag {
  readonly name: string
  readonly attributes: ReadonlyMap<string, string>
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }
/** The only shapes our templates write: a document type, an end tag, a start tag with double-quoted attributes. */
const MARKUP = /<!doctype html>|<\/[a-z0-9]+>|<([a-z][a-z0-9]*)((?: [a-z-]+(?:="[^"<>]*")?)*)>/g
const ATTRIBUTE = / ([a-z-]+)(?:="([^"]*)")?/g

export function decode(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (_, entity: string) => ENTITIES[entity] ?? '')
}

/**
 * The start tags in document order. Stricter than a browser on purpose: a `<` that is no tag of the expected shape is an
 * escape that was forgotten.
 *
 * @throws Error naming the place
 */
export function parseTags(html: string): Tag[] {
  const rest = html.replace(MARKUP, '')
  const stray = rest.search(/[<>]/)
  if (stray !== -1)
    throw new Error(`not well-formed near ${JSON.stringify(rest.slice(Math.max(0, stray - 30), stray + 60))}`)
  return [...html.matchAll(MARKUP)].flatMap(([, name, attributes]) =>
    name === undefined ? [] : [{ name, attributes: parseAttributes(attributes ?? '') }],
  )
}

function parseAttributes(source: string): Map<string, string> {
  return new Map([...source.matchAll(ATTRIBUTE)].map(([, name, value]) => [name ?? '', decode(value ?? '')]))
}

/** Start tags with this name, and with these attribute values where given. */
export function findTags(html: string, name: string, attributes: Readonly<Record<string, string>> = {}): Tag[] {
  return parseTags(html).filter(
    (tag) => tag.name === name && Object.entries(attributes).every(([key, value]) => tag.attributes.get(key) === value),
  )
}

/** Values of one attribute of the tags found. */
export function valuesOf(tags: readonly Tag[], attribute: string): (string | undefined)[] {
  return tags.map((tag) => tag.attributes.get(attribute))
}

/** What a person reads, one blank between pieces; folded parts included. */
export function textOf(html: string): string {
  return decode(html.replace(/<head>.*<\/head>/s, '').replace(MARKUP, ''))
    .replace(/\s+/g, ' ')
    .trim()
}

export function titleOf(html: string): string {
  return decode(/<title>([^<]*)<\/title>/.exec(html)?.[1] ?? '')
}

/** The part of a document between a start tag's beginning and the next end tag of that name. */
export function sectionOf(html: string, start: string, end: string): string {
  const from = html.indexOf(start)
  return from === -1 ? '' : html.slice(from, html.indexOf(end, from))
}
