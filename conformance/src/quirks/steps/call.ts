import { missing, unasked } from '../../as/asking.ts'
import { type Finding, faulty, incomplete, sound } from '../../check/finding.ts'
import { detectRevision } from '../../mcp/detect.ts'
import { createSpeaker } from '../../mcp/http-speaker.ts'
import { isAccepted } from '../../mcp/json-rpc.ts'
import type { Live, Replay } from '../replay.ts'
import { personOf } from '../requests.ts'
import type { ReplayStep } from '../step.ts'
import { judgeToken } from '../token-judgement.ts'

/** @throws Unmet where there are no tokens */
export function liveOf(replay: Replay): Live {
  const { held } = replay
  personOf(replay)
  if (held.live === undefined) throw missing('it never got tokens')
  return held.live
}

export const call: ReplayStep = {
  id: 'call',
  requirement: 'AS-RES-01',
  title: 'The token opens the MCP server that it was asked for',
  remedy:
    'Write the resource of the request into `aud`, in the characters of the MCP server, and grant what was asked.',
  run: async (replay) => {
    const { tokens } = liveOf(replay)
    if (replay.mcp !== undefined) return callAt(replay, replay.mcp, tokens.accessToken)
    const judged = judgeToken(replay, tokens, replay.scopes)
    if (judged.kind === 'opaque') {
      throw unasked('an opaque token: the MCP server alone can tell whom it is for, and --mcp would ask it')
    }
    return judged.kind === 'of use' ? sound(judged.words) : faulty(judged.why)
  },
}

async function callAt({ wire }: Replay, url: string, token: string): Promise<Finding> {
  const detected = await detectRevision(wire, url, token)
  if (detected.kind === 'refused') return faulty(`the MCP server refused the token, ${detected.answer.status}`)
  if (detected.kind === 'unknown') return incomplete(`${url} does not answer as an MCP server does`)
  const answer = await createSpeaker(url, detected.revision).call(wire, { method: 'tools/list', token })
  return isAccepted(answer)
    ? sound('the MCP server listed its tools')
    : faulty(`tools/list was answered ${answer.status}`)
}
