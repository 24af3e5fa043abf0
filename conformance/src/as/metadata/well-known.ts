import type { Check } from '../../check/check.ts'
import { doubtful, faulty, notApplicable, sound } from '../../check/finding.ts'
import { headerOf } from '../../wire/message.ts'
import { missing, reading, serverOf } from '../asking.ts'
import type { AuthorizationServerSubject, MetadataPlace } from '../subject.ts'

const REMEDY = {
  general:
    'Serve one document at /.well-known/oauth-authorization-server and at /.well-known/openid-configuration, each with the path of the issuer behind it, and at the path of the issuer followed by /.well-known/openid-configuration.',
}

const words = ({ url, answer }: MetadataPlace): string => `${url}: ${answer?.status ?? 'no answer'}`

export const metadataFound: Check<AuthorizationServerSubject> = {
  id: 'as-metadata-found',
  requirement: 'AS-DISC-01',
  title: 'A client that knows the issuer finds its metadata',
  risk: 'No client can begin.',
  sends: 'GET of every address that a client makes of the issuer.',
  expects: '200 and a JSON object at one of them, with a JSON media type.',
  remedies: REMEDY,
  run: reading(({ places, server }) => {
    if (server === undefined) {
      if (places.some(({ answer }) => answer === undefined || answer.status >= 500 || answer.status === 429)) {
        throw missing(`not every address answered: ${places.map(words).join(', ')}`)
      }
      return faulty(`at none of them: ${places.map(words).join(', ')}`)
    }
    const place = places.find(({ url }) => url === server.url)
    const type = place?.answer === undefined ? undefined : headerOf(place.answer, 'content-type')
    return /^application\/(?:json|[\w.-]+\+json)\b/i.test(type ?? '')
      ? sound(`at ${server.url}`)
      : doubtful(`at ${server.url}, with the media type ${type ?? 'left out'}`)
  }),
}

export const metadataSpellings: Check<AuthorizationServerSubject> = {
  id: 'as-metadata-spellings',
  requirement: 'AS-DISC-02',
  title: 'Every client finds the same metadata, whichever address it tries first',
  risk: 'Clients differ in where they look: where the issuer has a path, ChatGPT and claude.ai never look at the address of OpenID, and what is there alone they do not find; another finds a document that says something else.',
  sends: 'GET of every address that a client makes of the issuer.',
  expects: 'The same members at each of them.',
  remedies: REMEDY,
  run: reading((subject) => {
    const { metadata, url } = serverOf(subject)
    const absent = subject.places.filter(({ document }) => document === undefined)
    if (absent.length > 0) return faulty(`there is none at ${absent.map(words).join(', ')}`)
    const first = canonical(metadata)
    const others = subject.places.filter(({ document }) => canonical(document) !== first)
    if (others.length === 0) return sound('the same members at all of them')
    return faulty(`${others.map((each) => each.url).join(', ')} says otherwise than ${url}`)
  }),
}

export const metadataIssuer: Check<AuthorizationServerSubject> = {
  id: 'as-metadata-issuer',
  requirement: 'AS-DISC-03',
  title: 'The metadata is about the issuer that was asked for',
  risk: 'A client must turn away: a document that names somebody else is how one server stands in for another.',
  sends: 'GET of every address that a client makes of the issuer.',
  expects: '`issuer` is the identifier as it was typed, to the last slash.',
  remedies: {
    general:
      'Write the issuer once, in the configuration, and let the metadata, `iss` and the tokens take it from there.',
  },
  run: reading((subject) => {
    serverOf(subject)
    const wrong = subject.places.filter(({ document }) => document !== undefined && document.issuer !== subject.issuer)
    if (wrong.length === 0) return sound(subject.issuer)
    return faulty(wrong.map(({ url, document }) => `${url} says ${JSON.stringify(document?.issuer)}`).join('; '))
  }),
}

export const metadataIssuerForm: Check<AuthorizationServerSubject> = {
  id: 'as-metadata-issuer-form',
  requirement: 'AS-DISC-04',
  title: 'The issuer is an https URL without query and fragment',
  risk: 'Addresses of the metadata cannot be made from it, or whoever sits on the line answers in its place.',
  sends: 'Nothing: the issuer in the metadata is read.',
  expects: 'https, or http on loopback; no `?` and no `#`.',
  remedies: { general: 'Give the server the public https URL as its issuer.' },
  run: reading((subject) => {
    const { issuer } = serverOf(subject).metadata
    if (typeof issuer !== 'string' || !URL.canParse(issuer)) return faulty('the metadata has no URL as its issuer')
    if (/[?#]/.test(issuer)) return faulty(`${issuer} has a query or a fragment`)
    const { protocol, hostname } = new URL(issuer)
    if (protocol === 'https:') return sound(issuer)
    return isLoopback(hostname) ? notApplicable(`${issuer} is on loopback`) : faulty(`${issuer} is not https`)
  }),
}

export function isLoopback(hostname: string): boolean {
  return /^127(?:\.\d+){3}$|^\[::1\]$|^localhost$/.test(hostname)
}

/** The same text for the same members, whatever their order. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}
