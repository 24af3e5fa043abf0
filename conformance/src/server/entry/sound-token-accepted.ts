import type { Check } from '../../check/check.ts'
import { doubtful, incomplete, sound } from '../../check/finding.ts'
import { isAccepted } from '../../mcp/json-rpc.ts'
import type { ServerSubject } from '../subject.ts'

export const soundTokenAccepted: Check<ServerSubject> = {
  id: 'sound-token-accepted',
  requirement: 'RS-TOK-03',
  title: 'A sound token is accepted',
  risk: 'A server that refuses every token passes every other check and serves nobody.',
  sends: 'tools/list with a sound access token: for this server, of its issuer, with every scope that it names.',
  expects: '200 with the list of tools.',
  remedies: {
    general:
      'Compare what the server expects (issuer, audience, scopes) with what the report says was sent; a slash more or less is the usual reason.',
  },
  async run({ mcp, wire, acceptedToken, whyNoToken }) {
    if (acceptedToken === undefined) return incomplete(whyNoToken ?? 'the server accepted no token')
    const answer = await mcp.call(wire, { method: 'tools/list', token: acceptedToken })
    return isAccepted(answer)
      ? sound(`${answer.status} with the list of tools`)
      : doubtful(`${answer.status}, although the same token was accepted a moment ago`)
  },
}
