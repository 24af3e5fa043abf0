import { issued } from '../canary/index.ts'
import { type Ask, bytesOf, hasHeader, type Pair } from './ask.ts'
import { type Ground, serveDocument } from './ground.ts'
import { judgeAnswer } from './judge.ts'
import type { Live } from './live.ts'
import { type Answer, exchangeBytes } from './wire.ts'

/** Sends a request with what is live in it. @returns the answer, and what is wrong with it */
export async function sendAsk(
  ask: Ask,
  { ground, live, source, origin }: { ground: Ground; live: Live; source: string; origin?: string },
): Promise<{ answer: Answer; wrong: string | undefined }> {
  const filled = await fill(ask, live)
  const server = filled.closed ? ground.closed : ground.open
  const from: readonly Pair[] = hasHeader(filled, 'x-forwarded-for') ? [] : [['X-Forwarded-For', source]]
  const sent = { ...document(filled, ground), headers: [...from, ...(filled.headers ?? [])] }
  const bytes = bytesOf(sent, origin === undefined ? ground.basePath : '', new URL(server.issuer).host)
  const answer = await exchangeBytes(origin ?? server.origin, bytes, sent.framing === 'cut short')
  if (answer.status > 0 && answer.status < 400) for (const what of ask.spends ?? []) await live.spend(what)
  return { answer, wrong: judgeAnswer(sent, answer, issued) }
}

/** A request that names a client document has that where others have a body. */
function document(ask: Ask, { host }: Ground): Ask {
  if (ask.document === undefined) return ask
  const { json, text, ...rest } = ask
  serveDocument(host, ask.document, json, text)
  return rest
}

async function fill(ask: Ask, live: Live): Promise<Ask> {
  const pairs = async (all: readonly Pair[] = []): Promise<readonly Pair[]> => {
    const filled: Pair[] = []
    // One after the other: some are made by way of others.
    for (const [name, value] of all) filled.push([await live.fill(name), await live.fill(value)])
    return filled
  }
  const url = ask.document === undefined ? undefined : await live.fill(ask.document)
  // What is made anew each time has to be the same in the request and in the document.
  const known = (text: string): string => (url === undefined ? text : text.replaceAll('{documentId}', url))
  const query = (ask.query ?? []).map(([name, value]): Pair => [name, known(value)])
  return {
    ...ask,
    path: await live.fill(ask.path),
    query: await pairs(query),
    headers: await pairs(ask.headers),
    ...(ask.form === undefined ? {} : { form: await pairs(ask.form) }),
    ...(ask.json === undefined ? {} : { json: JSON.parse(await live.fill(known(JSON.stringify(ask.json)))) }),
    ...(url === undefined ? {} : { document: url }),
  }
}
