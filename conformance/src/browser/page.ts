import { type DefaultTreeAdapterTypes, parse } from 'parse5'

type Element = DefaultTreeAdapterTypes.Element
type Node = DefaultTreeAdapterTypes.Node

/** A form that is larger than this is none that a person signs in with. */
const CONTROLS_MAX = 500

/** A field or a button of a form. */
export interface Control {
  /** `text`, `password`, `checkbox`, `submit` …; `select` and `textarea` are elements of their own. */
  readonly kind: string
  readonly name: string
  readonly value: string
  readonly checked: boolean
  readonly disabled: boolean
  /** What a button says. */
  readonly text: string
}

export interface Form {
  readonly action: string
  readonly method: 'get' | 'post'
  readonly controls: readonly Control[]
}

export interface Link {
  readonly href: string
  readonly rel: string
  readonly text: string
}

/** What a person could do on a page. Addresses are absolute. */
export interface Page {
  readonly url: string
  readonly forms: readonly Form[]
  readonly links: readonly Link[]
  /** Where the page moves on by itself. */
  readonly refresh: string | undefined
  readonly hasScripts: boolean
  /** Everything it says, in one line. */
  readonly text: string
}

/** Reads HTML as a browser does. @param url where it came from */
export function readPage(html: string, url: string): Page {
  const elements = elementsOf(parse(html))
  const base =
    absolute(
      elements.find(({ tagName }) => tagName === 'base')?.attrs.find(({ name }) => name === 'href')?.value ?? '',
      url,
    ) ?? url
  const links = elements.flatMap((element) => {
    const href =
      element.tagName === 'a' || element.tagName === 'link'
        ? absolute(attribute(element, 'href') ?? '', base)
        : undefined
    return href === undefined ? [] : [{ href, rel: attribute(element, 'rel') ?? '', text: textOf(element) }]
  })
  return {
    url,
    forms: formsOf(elements, base),
    links,
    refresh: elements.flatMap((element) => refreshOf(element, base))[0],
    hasScripts: elements.some(({ tagName }) => tagName === 'script'),
    text: elements
      .filter(({ tagName }) => tagName === 'title' || tagName === 'body')
      .map(textOf)
      .join(' '),
  }
}

/** A control belongs to the form around it, unless its `form` attribute names another. */
function formsOf(elements: readonly Element[], base: string): readonly Form[] {
  const forms = elements.filter(({ tagName }) => tagName === 'form')
  const controls = elements.flatMap((element) => {
    const control = controlOf(element)
    return control === undefined ? [] : [{ control, owner: ownerOf(element, forms) }]
  })
  return forms.map((form) => ({
    action: absolute(attribute(form, 'action') ?? '', base) ?? base,
    method: attribute(form, 'method')?.toLowerCase() === 'post' ? 'post' : 'get',
    controls: controls
      .filter(({ owner }) => owner === form)
      .map(({ control }) => control)
      .slice(0, CONTROLS_MAX),
  }))
}

function ownerOf(element: Element, forms: readonly Element[]): Element | undefined {
  const named = attribute(element, 'form')
  if (named !== undefined) return forms.find((form) => attribute(form, 'id') === named)
  for (let node: Node | null = element; node !== null; node = 'parentNode' in node ? node.parentNode : null) {
    if ('tagName' in node && node.tagName === 'form') return node
  }
  return undefined
}

function controlOf(element: Element): Control | undefined {
  const { tagName } = element
  const type = attribute(element, 'type')?.toLowerCase()
  const common = {
    name: attribute(element, 'name') ?? '',
    checked: attribute(element, 'checked') !== undefined,
    disabled: attribute(element, 'disabled') !== undefined,
    text: textOf(element),
  }
  switch (tagName) {
    case 'input': {
      const kind = type ?? 'text'
      const isBox = kind === 'checkbox' || kind === 'radio'
      const value = attribute(element, 'value') ?? (isBox ? 'on' : '')
      return { ...common, kind, value, text: kind === 'submit' ? value || 'submit' : common.text }
    }
    case 'button':
      return { ...common, kind: type ?? 'submit', value: attribute(element, 'value') ?? '' }
    case 'textarea':
      return { ...common, kind: 'textarea', value: common.text }
    case 'select':
      return { ...common, kind: 'select', value: selectedOf(element) }
    default:
      return undefined
  }
}

function selectedOf(select: Element): string {
  const options = elementsOf(select).filter(({ tagName }) => tagName === 'option')
  const chosen = options.find((option) => attribute(option, 'selected') !== undefined) ?? options[0]
  return chosen === undefined ? '' : (attribute(chosen, 'value') ?? textOf(chosen))
}

function refreshOf(element: Element, base: string): readonly string[] {
  const isRefresh = element.tagName === 'meta' && attribute(element, 'http-equiv')?.toLowerCase() === 'refresh'
  const target = isRefresh
    ? /^\s*[\d.]+\s*[;,]\s*(?:url\s*=\s*)?["']?([^"']+)/i.exec(attribute(element, 'content') ?? '')?.[1]
    : undefined
  const url = target === undefined ? undefined : absolute(target.trim(), base)
  return url === undefined ? [] : [url]
}

/** Without recursion: a page may be nested as deep as it is long. */
function elementsOf(root: Node): readonly Element[] {
  const found: Element[] = []
  const open: Node[] = 'childNodes' in root ? [...root.childNodes].reverse() : []
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if ('tagName' in node) found.push(node)
    if ('childNodes' in node) open.push(...[...node.childNodes].reverse())
  }
  return found
}

function textOf(element: Element): string {
  const texts: string[] = []
  const open: Node[] = [element]
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if ('value' in node) texts.push(node.value)
    const isSilent = 'tagName' in node && (node.tagName === 'script' || node.tagName === 'style')
    if ('childNodes' in node && !isSilent) open.push(...[...node.childNodes].reverse())
  }
  return texts.join(' ').replace(/\s+/g, ' ').trim()
}

function attribute({ attrs }: Element, name: string): string | undefined {
  return attrs.find((each) => each.name === name)?.value
}

function absolute(address: string, base: string): string | undefined {
  return URL.canParse(address, base) ? new URL(address, base).href : undefined
}
