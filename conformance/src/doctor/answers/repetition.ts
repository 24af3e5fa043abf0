import { isRecord, readRpc } from '../../mcp/json-rpc.ts'
import type { Reply } from '../reply.ts'
import { ok, type Step, stop, warn } from '../step.ts'

/** How often the same is asked: two instances behind a round robin show with the second, of four it takes luck. */
export const REPETITIONS = 4

/** The first list of tools; what a person waits for after the sign-in. */
export function judgeTools(reply: Reply): Step {
  const rpc = reply.kind === 'answered' ? readRpc(reply.answer) : undefined
  if (rpc?.kind === 'result' && Array.isArray(rpc.result.tools)) {
    const count = rpc.result.tools.length
    if (count > 0) return ok('tools', `It lists ${count} tool${count === 1 ? '' : 's'}.`)
    const saw = 'It lists no tools to this token.'
    return warn('tools', { ailment: 'no-tools', saw, change: 'If it has tools, look at which scopes list them.' })
  }
  const came = reply.kind === 'silent' ? 'is not answered' : `is answered ${reply.answer.status}${errorIn(reply)}`
  return stop('tools', {
    ailment: 'tools-fail',
    saw: `The token is accepted, and tools/list ${came}.`,
    change: 'Look into the log of the server for this request.',
  })
}

/**
 * The same request several times over, each on a connection of its own.
 * @param session whether they were asked in one session
 */
export function judgeRepetition(replies: readonly Reply[], session: boolean): Step {
  const seen = [...new Set(replies.map(signatureOf))]
  const lost = replies.filter(isSessionLost)
  if (session && lost.length > 0) {
    return stop('repetition', {
      ailment: 'session-lost',
      saw: `Of ${replies.length} requests in one session ${lost.length} were answered as if there were none: it is known to one instance alone.`,
      change:
        'Let the load balancer send a session to one instance (by Mcp-Session-Id), keep sessions where all instances find them, or run without sessions.',
    })
  }
  if (seen.length <= 1) {
    const where = session ? ' in one session' : ''
    return ok('repetition', `The same request${where} gets the same answer, ${replies.length} times over.`)
  }
  return stop('repetition', {
    ailment: 'instances-differ',
    saw: `The same request gets different answers: ${seen.join('; ')}.`,
    change: 'Instances behind the load balancer differ: give all of them the same version, issuer, audience and keys.',
  })
}

/** 404 says so; some servers say it by 400, and in words. */
function isSessionLost(reply: Reply): boolean {
  if (reply.kind === 'silent') return false
  return reply.answer.status === 404 || (reply.answer.status === 400 && /session/i.test(reply.answer.body))
}

/** What a client would notice of an answer. */
function signatureOf(reply: Reply): string {
  if (reply.kind === 'silent') return 'none'
  const rpc = readRpc(reply.answer)
  const tools =
    rpc?.kind === 'result' && Array.isArray(rpc.result.tools) ? rpc.result.tools.filter(isRecord) : undefined
  const names = tools?.map(({ name }) => String(name)).sort()
  return `${reply.answer.status}${names === undefined ? errorIn(reply) : ` with ${names.length} tools (${names.join(', ')})`}`
}

function errorIn(reply: Reply): string {
  const rpc = reply.kind === 'answered' ? readRpc(reply.answer) : undefined
  return rpc?.kind === 'error' ? ` with the error ${rpc.code}, ${rpc.message}` : ''
}
