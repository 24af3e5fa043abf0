import type { Check } from '../../check/check.ts'
import { faulty, sound } from '../../check/finding.ts'
import type { WireAnswer } from '../../wire/message.ts'
import type { ServerSubject } from '../subject.ts'

/** What breaks parsers that expect a JWT: no credential at all, no segments, no JSON inside, none of the scheme. */
const MALFORMED = [
  'Bearer',
  'Bearer a.b.c',
  'Bearer eyJhbGciOiJSUzI1NiJ9.bm8ganNvbg.c2FsbHlwb3J0',
  'Basic c2FsbHlwb3J0OmNhbmFyeQ==',
] as const

const INSIDE: readonly [what: string, sign: RegExp][] = [
  [
    'a stack trace',
    /\n\s*at .+[:(]\d+|\\n\s*at .+:\d+|Traceback \(most recent call last\)|\bat [\w.$]+\([\w$]+\.(?:java|kt):\d+\)/,
  ],
  [
    'a path of the file system',
    /(?:^|["'\s(:])(?:\/(?:app|etc|home|opt|srv|usr|var|Users)\/[\w.-]+\/|[A-Z]:\\\\?[\w.-]+\\)|node_modules|site-packages/,
  ],
  ['a secret of its environment', /-----BEGIN [A-Z ]*PRIVATE KEY|client_secret/],
]

export const refusalSilent: Check<ServerSubject> = {
  id: 'refusal-tells-nothing',
  requirement: 'RS-401-10',
  title: 'A refusal shows nothing of the inside',
  risk: 'Whoever has no token reads versions, paths and secrets out of error messages; a token that is echoed ends in logs.',
  sends: 'tools/list with malformed Authorization headers.',
  expects: 'Refusals without stack traces, paths, secrets, and without the token.',
  remedies: {
    general:
      'Write what happened to the log, and to the client a fixed sentence; switch off the development error pages of the framework.',
    sdk1: 'Run with NODE_ENV=production, or mount an error handler: the one of Express answers with the stack.',
    sdk2: 'requireBearerAuth answers a fixed sentence for what is no OAuthError: keep the text of errors out of OAuthError.',
    fastmcp:
      'Its refusals are fixed sentences: run Starlette without `debug=True`, and set `mask_error_details=True` for tools.',
    spring: 'Leave `server.error.include-stacktrace` and `include-message` at never.',
    kit: 'Its refusals are fixed sentences; the reason goes to `log` alone: nothing to do.',
  },
  async run({ mcp, wire }) {
    for (const authorization of MALFORMED) {
      const request = mcp.request({ method: 'tools/list', headers: [['authorization', authorization]] })
      const told = toldBy(await wire.send(request), authorization)
      if (told !== undefined) return faulty(`the answer to a malformed header holds ${told}`)
    }
    return sound(`${MALFORMED.length} refusals say nothing of the inside`)
  },
}

function toldBy(answer: WireAnswer, authorization: string): string | undefined {
  const text = [answer.body, ...answer.headers.map(([, value]) => value)].join('\n')
  const [, secret = ''] = authorization.split(' ')
  // Short ones occur by chance.
  if (secret.length > 8 && text.includes(secret)) return 'the token that was sent'
  return INSIDE.find(([, sign]) => sign.test(text))?.[0]
}
