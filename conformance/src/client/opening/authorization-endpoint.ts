import { faulty, incomplete, notApplicable, sound } from '../../check/finding.ts'
import type { Scenario } from '../scenario.ts'
import type { World } from '../world/behaviours.ts'
import { at, everywhere, type Visit } from '../world/record.ts'

const REMEDIES = {
  general:
    'Before you open it, parse the authorization URL and let http and https pass alone; hand it to the system as an argument of a program, never as a line for a shell.',
  sdk1: 'redirectToAuthorization of your provider gets the URL: check url.protocol there, and use spawn without a shell.',
  sdk2: 'redirectToAuthorization of your provider gets the URL: check url.protocol there, and use spawn without a shell.',
}

/** What a POSIX shell runs in an address, without a sign that URL libraries encode in a path. */
const command = (canary: string): string => `$(touch$IFS${canary})`

export const scriptEndpoint = endpoint({
  id: 'client-script-address-refused',
  title: 'An authorization endpoint that is a script is not opened',
  risk: 'A hostile server runs its script in the window of the client, with all that the window can do (C01, CVE-2025-58444).',
  sends: 'Metadata whose authorization_endpoint is a javascript: URL.',
  address: () => 'javascript:fetch("/")//',
})

export const fileEndpoint = endpoint({
  id: 'client-file-address-refused',
  title: 'An authorization endpoint that is a file is not opened',
  risk: 'A hostile server starts programs and opens files of the user (C01).',
  sends: 'Metadata whose authorization_endpoint is a file: URL.',
  address: ({ canary }) => `file://${canary}`,
})

export const schemeEndpoint = endpoint({
  id: 'client-unknown-scheme-refused',
  title: 'An authorization endpoint of an unknown scheme is neither opened nor run',
  risk: 'A hostile server runs commands on the machine of the user: this address did so in a widely used client (C01, CVE-2025-6514).',
  sends: 'Metadata whose authorization_endpoint has a scheme of its own, and a command where a shell would find one.',
  address: ({ canary }) => (process.platform === 'win32' ? `a:$(New-Item ${canary})` : `a:$(touch ${canary})`),
})

export const shellEndpoint: Scenario = {
  ...endpoint({
    id: 'client-no-shell-opens-pages',
    title: 'What a shell would run in an authorization endpoint is not run',
    risk: 'A hostile server runs commands on the machine of the user (C01, CVE-2025-10619).',
    sends: 'Metadata whose authorization_endpoint is an http URL with a command of a POSIX shell in its path.',
    address: ({ issuer, canary }) => `${issuer}/authorize/${command(canary)}`,
  }),
  expects: 'It opens the page or refuses; the command is not run.',
  judge(visit) {
    if (visit.canaryTouched)
      return { finding: faulty('the command in the address was run'), decisive: visit.requests.slice(-1) }
    if (everywhere(visit, 'authorize').length > 0) return { finding: sound('the page was opened and nothing run') }
    return { finding: reached(visit) ? sound('it refused') : incomplete('it never read the metadata') }
  },
}

interface Endpoint extends Pick<Scenario, 'id' | 'title' | 'risk' | 'sends'> {
  readonly address: (world: World) => string
}

function endpoint({ address, ...words }: Endpoint): Scenario {
  return {
    ...words,
    requirement: 'CL-DISC-06',
    expects: 'It refuses: nothing is opened, nothing is run.',
    remedies: REMEDIES,
    world: {
      name: words.id.replace('client-', ''),
      patch: (usual) => ({
        issuerMetadata: (party, world) => ({
          ...usual.issuerMetadata(party, world),
          authorization_endpoint: address(world),
        }),
      }),
    },
    judge,
  }
}

function judge(visit: Visit, usual: Visit): ReturnType<Scenario['judge']> {
  const first = visit.opened.find((address) => !/^https?:/i.test(address))
  const decisive = at(visit, 'issuer', 'issuer-metadata').slice(-1)
  if (visit.canaryTouched) return { finding: faulty('the command in the address was run'), decisive }
  if (first !== undefined) return { finding: faulty(`it gave the browser ${JSON.stringify(first)} to open`), decisive }
  if (!reached(visit)) return { finding: incomplete('it never read the metadata') }
  if (usual.opened.length === 0)
    return {
      finding: notApplicable(
        'it opens no browser that could be seen: it follows the address itself, and this one leads nowhere',
      ),
    }
  return { finding: sound('nothing was opened and nothing run') }
}

function reached(visit: Visit): boolean {
  return at(visit, 'issuer', 'issuer-metadata').length > 0
}
