import type { Check } from '../../check/check.ts'
import { doubtful, type Finding, faulty, notApplicable, sound } from '../../check/finding.ts'
import type { OAuthClient } from '../../oauth/authorization-server.ts'
import { nativeClient } from '../../oauth/registration.ts'
import { asking, unasked } from '../asking.ts'
import { type Reception, receiveWish } from '../reception.ts'
import type { AuthorizationServerSubject } from '../subject.ts'
import { longerQueries, otherHosts, otherPaths, type Spellings } from './spellings.ts'

const RISK = 'The code goes to an address that somebody else can serve: an open path, a forgotten page, another host.'
const EXPECTS = 'A page with an error each time, and no redirect.'
const REMEDY = {
  general:
    'Compare the redirect URI with the registered ones as texts, character by character; only the port of a loopback address is free.',
}

/** Whether any other spelling is taken for the registered redirect URI. */
async function tryAll(subject: AuthorizationServerSubject, spellings: (uri: string) => Spellings): Promise<Finding> {
  const client = await subject.clients.first()
  const taken: string[] = []
  for (const [change, redirectUri] of spellings(client.redirectUri)) {
    const reception = await receiveWish(subject, { ...client, redirectUri })
    if (reception.kind === 'redirected') taken.push(change)
  }
  return taken.length === 0 ? sound('each was refused') : faulty(`it redirected to ${taken.join(', ')}`)
}

export const redirectPath: Check<AuthorizationServerSubject> = {
  id: 'as-redirect-path',
  requirement: 'AS-RED-01',
  title: 'A redirect URI with another path is refused',
  risk: RISK,
  sends:
    'Authorization requests whose redirect URI has a slash more, a longer path, a path that goes up again, and another case.',
  expects: EXPECTS,
  remedies: REMEDY,
  run: asking((subject) => tryAll(subject, otherPaths)),
}

export const redirectQuery: Check<AuthorizationServerSubject> = {
  id: 'as-redirect-query',
  requirement: 'AS-RED-01',
  title: 'A redirect URI with a query more is refused',
  risk: RISK,
  sends: 'An authorization request whose redirect URI has a query behind it.',
  expects: EXPECTS,
  remedies: REMEDY,
  run: asking((subject) => tryAll(subject, longerQueries)),
}

export const redirectHost: Check<AuthorizationServerSubject> = {
  id: 'as-redirect-host',
  requirement: 'AS-RED-01',
  title: 'A redirect URI with a host that only looks alike is refused',
  risk: RISK,
  sends:
    'Authorization requests whose redirect URI has a host that begins alike, has the registered one as a user name, and is below it.',
  expects: EXPECTS,
  remedies: REMEDY,
  run: asking((subject) => tryAll(subject, otherHosts)),
}

/** Whether a client may come back on another port than it registered. */
async function otherPort(subject: AuthorizationServerSubject, client: OAuthClient): Promise<Reception> {
  const uri = new URL(client.redirectUri)
  uri.port = uri.port === '52345' ? '52346' : '52345'
  return receiveWish(subject, { ...client, redirectUri: uri.href })
}

export const loopbackPort: Check<AuthorizationServerSubject> = {
  id: 'as-redirect-loopback-port',
  requirement: 'AS-RED-02',
  title: 'A native client may come back on any port of its loopback address',
  risk: 'Clients on a desktop take whichever port is free, and cannot sign in a second time.',
  sends: 'An authorization request whose redirect URI has another port.',
  expects: 'A redirect to that port.',
  remedies: { general: 'Leave the port out of the comparison for http://127.0.0.1 and http://[::1].' },
  run: asking(async (subject) => {
    const client = await subject.clients.first()
    if (!/^http:\/\/(?:127\.0\.0\.1|\[::1\])[:/]/.test(client.redirectUri)) {
      return notApplicable(`${client.redirectUri} is on no loopback address`)
    }
    const reception = await otherPort(subject, client)
    if (reception.kind === 'redirected') return sound('it was redirected there')
    // Of a client that somebody else registered nobody here knows whether it is a native one.
    return subject.clients.areOwn ? faulty(reception.words) : doubtful(reception.words)
  }),
}

/** Registers a client of a kind, and asks whether its port is free. */
async function portOf(
  subject: AuthorizationServerSubject,
  metadata: Readonly<Record<string, unknown>>,
): Promise<Finding> {
  const answer = await subject.clients.register(metadata)
  if (answer.kind !== 'registered') throw unasked('it does not register such a client')
  const reception = await otherPort(subject, answer.client)
  return reception.kind === 'redirected' ? sound('it was redirected there') : faulty(reception.words)
}

export const localhostPort: Check<AuthorizationServerSubject> = {
  id: 'as-redirect-localhost-port',
  requirement: 'AS-RED-03',
  title: 'A native client may come back on any port of localhost',
  risk: 'Claude Code registers http://localhost/callback and comes back on a port that is free.',
  sends: 'A client registers with a redirect URI on localhost, and asks with another port.',
  expects: 'A redirect to that port.',
  remedies: { general: 'Treat the name localhost as the loopback addresses, and nothing that only begins with it.' },
  run: asking((subject) => portOf(subject, nativeClient('http://localhost/callback'))),
}

export const untypedPort: Check<AuthorizationServerSubject> = {
  id: 'as-redirect-port-without-type',
  requirement: 'AS-RED-04',
  title: 'A client on loopback that does not say that it is native may use any port too',
  risk: 'Clients before 2026-07-28 state no application_type, as SDK 1.x and the document of Claude Code, and are taken for web applications.',
  sends: 'A client registers a loopback address without `application_type`, and asks with another port.',
  expects: 'A redirect to that port.',
  remedies: { general: 'Take a client for native when all its redirect URIs are on loopback.' },
  run: asking((subject) => {
    const { application_type: _, ...untyped } = nativeClient('http://127.0.0.1/callback')
    return portOf(subject, untyped)
  }),
}

export const otherHttpsPort: Check<AuthorizationServerSubject> = {
  id: 'as-redirect-https-port',
  requirement: 'AS-RED-01',
  title: 'A redirect URI that is not on loopback keeps its port',
  risk: RISK,
  sends: 'A client registers https://client.example/callback, and asks with another port.',
  expects: EXPECTS,
  remedies: REMEDY,
  run: asking(async (subject) => {
    const metadata = { ...nativeClient('https://client.example/callback'), application_type: 'web' }
    const answer = await subject.clients.register(metadata)
    if (answer.kind !== 'registered') throw unasked('it does not register such a client')
    const reception = await otherPort(subject, answer.client)
    return reception.kind === 'redirected' ? faulty('it redirected to another port') : sound(reception.words)
  }),
}
