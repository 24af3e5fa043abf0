import type { Check } from '../../check/check.ts'
import type { Revision } from '../../mcp/revision.ts'
import type { TokenWish } from '../real-tokens.ts'
import type { ServerSubject } from '../subject.ts'
import type { Forger } from './forger.ts'
import { type ForgeryCheck, forgeryCheck } from './forgery-check.ts'
import { audienceRemedies } from './remedies.ts'
import { lookAlikePaths, parentsOf } from './url-forms.ts'

/** Resource indicators came with this revision; a server of the one before was never told to look at `aud`. */
const AUDIENCE_SINCE: Revision = '2025-06-18'
const ELSEWHERE = 'https://elsewhere.example/mcp'

interface AudienceForgery {
  readonly name: string
  readonly aud: unknown
  readonly real?: TokenWish
  readonly taken?: 'faulty' | 'doubtful'
}

type AudienceCheck = Omit<ForgeryCheck, 'forgeries' | 'requirement' | 'remedies'> & {
  readonly audiences: (forger: Forger, subject: ServerSubject) => readonly AudienceForgery[]
}

function audienceCheck({ audiences, ...check }: AudienceCheck): Check<ServerSubject> {
  return forgeryCheck({
    ...check,
    requirement: 'RS-TOK-03',
    remedies: audienceRemedies,
    forgeries: (forger, subject) =>
      audiences(forger, subject).map(({ name, aud, real, taken = 'faulty' }) => ({
        name,
        change: { claims: { aud } },
        ...(real === undefined ? {} : { real }),
        taken: subject.mcp.revision < AUDIENCE_SINCE ? 'doubtful' : taken,
      })),
  })
}

/** Whether a server takes tokens that were meant for somebody else, in all the ways in which strings are compared badly. */
export const audienceChecks: readonly Check<ServerSubject>[] = [
  audienceCheck({
    id: 'token-audience-other',
    title: 'Refuses a token that was issued for another server',
    risk: 'Whoever runs any other server of the same issuer can replay the tokens that its users send there, and act here in their name.',
    sends:
      'A sound token, then the same one whose `aud` is another server, and one whose `aud` is the issuer. In `live`: real tokens for another server (`--other-resource`), and what a token was exchanged for (`--exchange-client`).',
    expects: '401 to each.',
    audiences: ({ issuer }, { tokens }) => [
      { name: 'for another server', aud: ELSEWHERE, real: { kind: 'other resource' } },
      ...(tokens === undefined
        ? []
        : [{ name: 'that was exchanged for a server behind', aud: ELSEWHERE, real: { kind: 'exchanged' } as const }]),
      ...(issuer === undefined ? [] : [{ name: 'for the issuer itself', aud: issuer }]),
    ],
  }),
  audienceCheck({
    id: 'token-audience-missing',
    title: 'Refuses a token that names no audience',
    risk: 'A token for nobody in particular is a token for everybody: it was never limited to this server, and can be replayed at it.',
    sends: 'A sound token, then the same one without `aud`, and one whose `aud` is an empty list.',
    expects: '401 to both.',
    audiences: () => [
      { name: 'without `aud`', aud: undefined },
      { name: 'whose `aud` is an empty list', aud: [] },
    ],
  }),
  audienceCheck({
    id: 'token-audience-foreign-list',
    title: 'Refuses a token whose list of audiences does not hold this server',
    risk: 'A comparison that joins the list, or looks for a part of a text, takes tokens of servers whose name merely contains this one.',
    sends:
      'A sound token, then one whose `aud` is a list of two other servers, one of them with the identifier of this server in its query.',
    expects: '401.',
    audiences: ({ audience }) => [
      { name: 'for a list of other servers', aud: [ELSEWHERE, `https://elsewhere.example/?for=${audience}`] },
    ],
  }),
  audienceCheck({
    id: 'token-audience-longer',
    title: 'Refuses a token whose audience begins with the identifier of this server',
    risk: 'With a comparison of beginnings, whoever may register a longer name beside this server gets tokens that are good here.',
    sends:
      'A sound token, then tokens whose `aud` is this identifier with more behind it: letters, another path, a query.',
    expects: '401 to each.',
    audiences: ({ audience }) => [
      { name: 'for a longer name', aud: `${audience}-other` },
      { name: 'for a path below this server', aud: `${audience.replace(/\/$/, '')}/other` },
      { name: 'for this server with a query', aud: `${audience}?tenant=other` },
    ],
  }),
  audienceCheck({
    id: 'token-audience-contained',
    title: 'Refuses a token whose audience merely contains or ends with the identifier of this server',
    risk: 'With a search for a part, any address that somebody else owns can be made to match by writing this identifier into it.',
    sends:
      'A sound token, then tokens whose `aud` is an address elsewhere that ends with this identifier, and one with the same path at another host.',
    expects: '401 to each.',
    audiences: ({ audience }) => [
      { name: 'for an address elsewhere that ends with this identifier', aud: `https://elsewhere.example/${audience}` },
      { name: 'for the same path at another host', aud: `https://elsewhere.example${new URL(audience).pathname}` },
    ],
  }),
  audienceCheck({
    id: 'token-audience-case',
    title: 'Refuses a token whose audience differs in the case of its path',
    risk: 'Paths are compared letter by letter everywhere else; two servers whose paths differ in case would share their tokens.',
    sends: 'A sound token, then one whose `aud` has the letters of the path in the other case.',
    expects: '401.',
    otherwise: 'the identifier of this server has no letters in its path',
    audiences: ({ audience }) =>
      lookAlikePaths(audience).map((aud) => ({ name: 'whose `aud` has the path in the other case', aud })),
  }),
  audienceCheck({
    id: 'token-audience-slash',
    title: 'Compares the slash at the end of the audience like any other letter',
    risk: 'It looks like a kindness, and it is one comparison more that has to be got right; only the form that the metadata names is safe to rely on.',
    sends: 'A sound token, then one whose `aud` has one slash more, or less, at its end.',
    expects: '401; a server that takes it is warned, not failed, because its operator may have meant it.',
    audiences: ({ audience }) => [
      {
        name: 'whose `aud` differs in the slash at its end',
        aud: audience.endsWith('/') ? audience.slice(0, -1) : `${audience}/`,
        taken: 'doubtful',
      },
    ],
  }),
  audienceCheck({
    id: 'token-audience-parent',
    title: 'Refuses a token for the origin or a parent path',
    risk: 'Several servers often share an origin. If a token for the origin, or for a folder, opens each of them, there is no boundary between them.',
    sends: 'A sound token, then tokens whose `aud` is each path above this server, up to the bare origin.',
    expects:
      '401 to each. Where the examiner did not set the server up, a warning at most: its operator may have named the origin as a second identifier.',
    otherwise: 'the identifier of this server is a bare origin',
    audiences: ({ audience }, { profile }) =>
      parentsOf(audience).map((aud) => ({
        name: `for ${aud}`,
        aud,
        taken: profile === 'started' ? 'faulty' : 'doubtful',
      })),
  }),
]
