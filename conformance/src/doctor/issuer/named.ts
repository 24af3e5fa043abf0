import { isHttpUrl, isNarrower } from '../address.ts'
import { type Ailing, ok, type Step, stop, warn } from '../step.ts'

/** The first of the issuers that metadata names, which is the one that clients take; undefined when there is none. */
export function firstIssuer(document: Readonly<Record<string, unknown>>): string | undefined {
  const { authorization_servers: named } = document
  const first: unknown = Array.isArray(named) ? named[0] : undefined
  return typeof first === 'string' && isHttpUrl(first) ? first : undefined
}

/** Whether the metadata says where to sign in, and whether clients can get there at all. */
export function judgeNamed(url: string, document: Readonly<Record<string, unknown>>): Step {
  const issuer = firstIssuer(document)
  if (issuer === undefined) return stop('authorization-server', nobody(document.authorization_servers))
  if (isNarrower(issuer, url)) {
    return stop('authorization-server', {
      ailment: 'issuer-internal',
      saw: `The metadata sends clients to ${issuer}, an address that only the server's own machine or network knows.`,
      change:
        'Name the public address of the authorization server, and use the same string as issuer in both programs.',
    })
  }
  if (new URL(issuer).protocol === 'http:' && new URL(url).protocol === 'https:') {
    return warn('authorization-server', {
      ailment: 'issuer-by-http',
      saw: `The metadata sends clients from https to ${issuer}, by http; many refuse that.`,
      change: 'Name the authorization server by https, and configure that as its issuer.',
    })
  }
  return ok('authorization-server', `The metadata sends clients to ${issuer}.`)
}

function nobody(named: unknown): Ailing {
  const saw =
    named === undefined || (Array.isArray(named) && named.length === 0)
      ? '`authorization_servers` of the metadata is missing or empty: no client learns where to sign in.'
      : `\`authorization_servers\` of the metadata is ${JSON.stringify(named)}, not a list of http or https URLs.`
  const change = 'Name the issuer of your authorization server in a list, as its own metadata spells it.'
  return { ailment: 'issuer-not-named', saw, change }
}
