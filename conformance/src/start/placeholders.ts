/** What a started server may be told, by the name between braces. */
export interface StartFacts {
  /** Issuer identifier of the examiner. */
  readonly issuer: string
  /** Identifier that tokens for the server carry. */
  readonly audience: string
  /** URL of the MCP endpoint. */
  readonly url: string
  /** Port of that URL. */
  readonly port: string
  /** Address of the examiner's downstream; undefined where nothing asked for one. */
  readonly downstream?: string | undefined
}

const PLACEHOLDER = /\{(issuer|audience|url|port|downstream)\}/g

/** Fills the names of the facts that there are; other braces stay. */
export function fillPlaceholders(text: string, facts: StartFacts): string {
  return text.replace(PLACEHOLDER, (braces, name: keyof StartFacts) => facts[name] ?? braces)
}

/** The port of a URL, with the default of its scheme. */
export function portOf(url: string): string {
  const { port, protocol } = new URL(url)
  return port === '' ? (protocol === 'https:' ? '443' : '80') : port
}
