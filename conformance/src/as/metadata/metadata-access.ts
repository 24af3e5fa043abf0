import type { Check } from '../../check/check.ts'
import { doubtful, faulty, sound } from '../../check/finding.ts'
import { headerOf } from '../../wire/message.ts'
import { asking, serverOf } from '../asking.ts'
import { openToBrowsers } from '../endpoints/cross-origin.ts'
import type { AuthorizationServerSubject } from '../subject.ts'

export const metadataCors: Check<AuthorizationServerSubject> = {
  id: 'as-metadata-cors',
  requirement: 'AS-DISC-15',
  title: 'A client in a browser may read the metadata',
  risk: 'The MCP Inspector and other clients in a browser cannot begin: the browser withholds the document.',
  sends: 'OPTIONS and GET of the metadata as a page of another origin would.',
  expects: 'Access-Control-Allow-Origin: *, and leave to send MCP-Protocol-Version.',
  remedies: {
    general:
      'The document is public: answer Access-Control-Allow-Origin: *, and the preflight with the headers it asks for.',
  },
  run: asking(async (subject) => {
    const why = await openToBrowsers(subject.wire, { url: serverOf(subject).url, method: 'GET' })
    return why === undefined ? sound('open to every origin') : faulty(why)
  }),
}

export const unknownWellKnown: Check<AuthorizationServerSubject> = {
  id: 'as-well-known-unknown',
  requirement: 'AS-DISC-13',
  title: 'A well-known address that does not exist is no page',
  risk: 'Clients that try another spelling first, as both SDKs do, take a page for metadata, and stop there.',
  sends: 'GET of an address below /.well-known/ that cannot exist.',
  expects: '404, best with JSON.',
  remedies: { general: 'Let no catch-all route of a web application answer below /.well-known/.' },
  run: asking(async (subject) => {
    const url = new URL('/.well-known/examiner-was-here', subject.issuer).href
    const answer = await subject.wire.send({ method: 'GET', url, headers: [['accept', 'application/json']] })
    const type = headerOf(answer, 'content-type') ?? 'no media type'
    if (answer.status === 200) return faulty(`200 with ${type}`)
    if (answer.status >= 500) return doubtful(`${answer.status}`)
    return sound(`${answer.status} with ${type}`)
  }),
}
