import type { Check } from '../../check/check.ts'
import { faulty, notApplicable, sound } from '../../check/finding.ts'
import { isAccepted } from '../../mcp/json-rpc.ts'
import type { Header } from '../../wire/message.ts'
import { askWithoutToken, inWords } from '../asking.ts'
import type { ServerSubject } from '../subject.ts'

/** What proxies write about who called them, and anybody can write who calls. */
const CLAIMS: readonly Header[] = [
  ['x-forwarded-for', '127.0.0.1'],
  ['x-real-ip', '127.0.0.1'],
  ['forwarded', 'for=127.0.0.1;host=localhost;proto=https'],
]

export const forwardedAddress: Check<ServerSubject> = {
  id: 'forwarded-address-needs-token',
  requirement: 'RS-TOK-02',
  title: 'Who says that they come from this machine needs a token too',
  risk: 'An exception for local callers believes a header that everybody can write: the server is open.',
  sends: 'tools/list without a token, with X-Forwarded-For, X-Real-IP and Forwarded that name 127.0.0.1.',
  expects: '401, as without these headers.',
  remedies: {
    general: 'Make no exception for an address; where there must be one, take the address of the connection.',
    sdk1: 'requireBearerAuth makes none; look for code of your own in front that reads req.ip, and for `trust proxy` of Express.',
    sdk2: 'requireBearerAuth makes none; look for code of your own in front that reads such headers.',
    fastmcp: 'Its auth providers make none; look for a middleware of your own that reads such headers.',
    spring:
      'Take `hasIpAddress` out of the rules, and set `server.forward-headers-strategy` only behind a proxy that overwrites them.',
    kit: 'It makes no exception for an address: nothing to do.',
  },
  async run(subject) {
    if (isAccepted(await askWithoutToken(subject))) return notApplicable('it needs no token from anybody')
    const answer = await subject.mcp.call(subject.wire, { method: 'tools/list', headers: CLAIMS })
    return isAccepted(answer) ? faulty(`without a token it is answered ${inWords(answer)}`) : sound(inWords(answer))
  },
}
