import type { Check } from '../../check/check.ts'
import { doubtful, type Finding, faulty, incomplete, sound } from '../../check/finding.ts'
import { headersOf, jsonOf, type WireAnswer } from '../../wire/message.ts'
import type { ServerSubject } from '../subject.ts'
import { grammarFault } from './challenge-grammar.ts'
import { collectRefusals, unauthorizedOf } from './refusals.ts'

/** Gemini's connector and proxies in front of clients keep no more of a refusal; an OAuth error is a tenth of it. */
const BODY_CHARACTERS_MAX = 4_096

export const challengeGrammar: Check<ServerSubject> = {
  id: 'challenge-grammar',
  requirement: 'RS-401-07b',
  title: 'The challenge is written in the grammar of HTTP',
  risk: 'Each client reads a broken header its own way: one finds the metadata, the next finds nothing.',
  sends: 'tools/list without a token, and with one that is none.',
  expects:
    'Parameters parted by commas, none of them twice, values quoted where they are more than a word, ASCII alone.',
  remedies: {
    general:
      'Part parameters by commas, quote their values, escape quotes and backslashes within, and leave out what is not ASCII.',
    sdk1: 'Keep quotes out of what the verifier throws: 1.x does not escape error_description.',
    sdk2: 'Keep quotes out of what the verifier throws, which is written into error_description.',
    fastmcp: 'Its parameters are quoted: keep quotes out of scopes and descriptions of your own.',
    spring:
      'BearerTokenAuthenticationEntryPoint quotes its values; that of mcp-security 0.1 writes `resource_metadata` without quotes: replace it.',
    kit: 'It writes them in that grammar: nothing to do.',
  },
  async run(subject) {
    const refusals = unauthorizedOf(await collectRefusals(subject))
    const values = refusals.flatMap(([, answer]) => headersOf(answer, 'www-authenticate'))
    if (values.length === 0) return incomplete('no challenge to look at')
    for (const value of values) {
      const fault = grammarFault(value)
      if (fault !== undefined) return faulty(`${fault}: ${value}`)
    }
    return sound(values[0] ?? '')
  },
}

export const refusalBody: Check<ServerSubject> = {
  id: 'refusal-body',
  requirement: 'RS-401-07',
  title: 'A refusal has a small JSON body',
  risk: 'Gemini takes a refusal with an empty body for a broken server; others show a page of HTML to the user.',
  sends: 'tools/list without a token, and with one that is none.',
  expects: 'A JSON object, such as an OAuth or a JSON-RPC error.',
  remedies: {
    general: 'Answer {"error":"invalid_token"} or a JSON-RPC error beside the challenge.',
    sdk1: 'requireBearerAuth answers JSON: look for an error handler of your own that answers a page.',
    sdk2: 'requireBearerAuth answers JSON: look for an error handler of your own that answers a page.',
    fastmcp:
      'It answers who sent no token with an empty body: add a Starlette middleware in front that writes {"error":"unauthorized"} into a 401 without one.',
    spring:
      'BearerTokenAuthenticationEntryPoint writes no body: write an entry point that calls it and then writes {"error":"invalid_token"}.',
    kit: 'It answers JSON: nothing to do.',
  },
  async run(subject) {
    const refusals = unauthorizedOf(await collectRefusals(subject))
    if (refusals.length === 0) return incomplete('no 401 to look at')
    const wrong = refusals.map(([occasion, answer]) => judgeBody(occasion, answer)).find((each) => each !== undefined)
    return wrong ?? sound('JSON in every refusal')
  },
}

function judgeBody(occasion: string, answer: WireAnswer): Finding | undefined {
  if (answer.body === '') return faulty(`the 401 ${occasion} is empty`)
  if (answer.body.length > BODY_CHARACTERS_MAX)
    return doubtful(`the 401 ${occasion} has ${answer.body.length} characters`)
  const body = jsonOf(answer)
  return typeof body === 'object' && body !== null ? undefined : faulty(`the 401 ${occasion} is no JSON`)
}
