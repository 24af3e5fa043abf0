import { readRpc } from '../../mcp/json-rpc.ts'
import { bearerParameters } from '../../server/challenge.ts'
import type { WireAnswer } from '../../wire/message.ts'
import { PAGE_WORDS, pageIn } from '../page.ts'
import { type Ailing, ok, type Step, stop, warn } from '../step.ts'

/** What the server answers who brings no token: 401 starts a sign-in, everything else does not. */
export function judgeDoor(url: string, answer: WireAnswer): Step {
  const page = pageIn(answer)
  if (page !== undefined && (answer.status !== 401 || page === 'sign-in')) return stop('door', ofPage(url, answer))
  if (answer.status === 401) return ok('door', 'Without a token it answers 401, which starts a sign-in.')
  if (readRpc(answer)?.kind === 'result') return warn('door', OPEN)
  return stop('door', ofStatus(url, answer))
}

const OPEN: Ailing = {
  ailment: 'open-door',
  saw: 'It answers without a token: no client starts a sign-in before the first 401.',
  change: 'If the server is to be protected, answer 401 to every request without a token, `initialize` included.',
}

function ofPage(url: string, answer: WireAnswer): Ailing {
  const page = pageIn(answer) ?? 'page'
  const saw = `POST ${url} is answered ${answer.status} with ${PAGE_WORDS[page]}.`
  if (page === 'sign-in') {
    return {
      ailment: 'sign-in-in-front',
      saw,
      change:
        'Let the path of the MCP server and /.well-known/ past the single sign-on proxy: the server asks for tokens itself, and clients cannot fill in pages.',
    }
  }
  if (answer.status === 404) return ofStatus(url, answer)
  return answer.status >= 400
    ? { ...ofStatus(url, answer), saw }
    : {
        ailment: 'page-in-front',
        saw,
        change: 'Route this path to the MCP server: at present a web server or its catch-all answers it.',
      }
}

function ofStatus(url: string, answer: WireAnswer): Ailing {
  const { status } = answer
  const saw = `POST ${url} without a token is answered ${status}, not 401.`
  if (status >= 500) return { saw, ...(status >= 502 && status <= 504 ? GATEWAY : BROKEN) }
  if (status === 403) return bearerParameters(answer) === undefined ? { saw, ...FORBIDDEN } : { saw, ...WRONG_REFUSAL }
  if (status === 400 || status === 421) return /\bhost\b/i.test(answer.body) ? ofHost(url, status) : { saw, ...NOT_MCP }
  return { saw, ...(BY_STATUS[status] ?? NOT_MCP) }
}

type Mended = Omit<Ailing, 'saw'>

const GATEWAY: Mended = {
  ailment: 'gateway-error',
  change: 'The proxy answers and the server behind it does not: check that it runs and that the proxy has its address.',
}
const BROKEN: Mended = { ailment: 'server-error', change: 'Look into the log of the server at this moment.' }
const FORBIDDEN: Mended = {
  ailment: 'forbidden-in-front',
  change:
    'Something refuses before the server asks for a token (a firewall, a list of addresses, of hosts or of user agents): let clients past it.',
}
const WRONG_REFUSAL: Mended = {
  ailment: 'forbidden-without-token',
  change: 'Answer 401 to who brings no token: 403 tells a client that a sign-in would not help.',
}
const ofHost = (url: string, status: number): Ailing => ({
  ailment: 'host-refused',
  saw: `POST ${url} is answered ${status}: the server refuses the Host ${new URL(url).host}.`,
  change:
    'Use the host that it expects (localhost and 127.0.0.1 are two), add this one to those that it allows, or let the proxy pass on the other.',
})
const NOT_MCP: Mended = {
  ailment: 'not-mcp',
  change: 'Check that the URL is the endpoint of Streamable HTTP, and that nothing in front changes requests.',
}
const BY_STATUS: Readonly<Record<number, Mended>> = {
  404: {
    ailment: 'wrong-path',
    change: 'Correct the path (often /mcp), or route it to the server; a proxy may have taken a part of it off.',
  },
  405: {
    ailment: 'post-refused',
    change:
      'Clients POST to the endpoint of Streamable HTTP: this path takes no POST. /sse is the endpoint of the transport before it.',
  },
  429: {
    ailment: 'too-many-requests',
    change: 'Raise the limit for clients that are not signed in yet: a sign-in takes some ten requests.',
  },
}
