import type { ClientScore, RealProgram, ServerScores } from '../../conformance/fixtures/quirks/scores.ts'
import type { ClientProfile } from '../../conformance/src/quirks/profile.ts'
import { code, generatedFrom, table } from './markdown.ts'

const SOURCES =
  '`conformance/src/quirks/profiles/`, `conformance/fixtures/quirks/` and `scripts/reference/client-answers.ts`'
const INTRODUCTION = `# Clients

How far clients in service come, here and elsewhere. **Replayed** says how many of the steps of \`sallyport-examine quirks\` the replay of a client got through, of those that it takes at that server: the documents, registrations, requests and mistakes that its sources tell of, sent by the examiner. A replay is not the client. **Run as the real program** names the test that runs the program itself. What a source does not tell is left out of the replay and said below. Sources were read as public copies, on the day that stands beside them; clients change.

\`\`\`sh
PASSWORD=… npm run examine -- quirks https://auth.example.com --resource https://mcp.example.com/mcp --scope "notes:read" \\
  --login form:alice --password-env PASSWORD
\`\`\`

The scores are data of runs: \`UPDATE_SCORES=1 npx vitest run conformance/test/quirks/scores.test.ts\` writes them, the same test without it fails when a run differs.

Two libraries that validate each answer are no clients in service, and are run all the same: [openid-client](../server/test/e2e/openid-client.test.ts) and [oauth4webapi](../server/test/e2e/oauth4webapi.test.ts), the latter with pushed requests and bound tokens.
`

export interface ClientsPage {
  readonly profiles: readonly ClientProfile[]
  /** Ours first. */
  readonly scores: readonly ServerScores[]
  readonly programs: readonly RealProgram[]
  /** What our server does about each, by id. */
  readonly answers: Readonly<Record<string, string>>
}

/**
 * The page of the clients.
 * @throws Error for a client without an answer, and for an answer or a program of no client
 */
export function clientsPage({ profiles, scores, programs, answers }: ClientsPage): string {
  const ids = new Set(profiles.map(({ id }) => id))
  const strays = [...Object.keys(answers), ...programs.map(({ client }) => client)].filter((id) => !ids.has(id))
  if (strays.length > 0) throw new Error(`no client is called ${strays.join(', ')}`)
  const head = ['client', ...scores.map(({ server }) => `replayed: ${server}`), 'run as the real program']
  const rows = profiles.map(({ id, name }) => [
    `[${name}](#${id})`,
    ...scores.map(({ clients }) => scoreCell(clients[id])),
    programCell(programs.filter(({ client }) => client === id)),
  ])
  return [
    generatedFrom(SOURCES),
    INTRODUCTION,
    table(head, rows),
    '',
    ...scores.map(({ server, says }) => `- ${code(server)}: ${says}`),
    '',
    ...profiles.map((profile) => sectionOf(profile, answers[profile.id])),
  ].join('\n')
}

function scoreCell(score: ClientScore | undefined): string {
  if (score === undefined) return 'not replayed'
  const { passed, of, stops, warns } = score
  const words = [
    ...(stops.length === 0 ? [] : [`stops at ${stops.join(', ')}`]),
    ...(warns.length === 0 ? [] : [`without ${warns.join(', ')}`]),
  ]
  return [`${passed} of ${of}`, ...words].join('; ')
}

function programCell(programs: readonly RealProgram[]): string {
  if (programs.length === 0) return 'not run'
  return programs.map(({ program, test }) => `${program}: [${test.split('/').at(-1)}](../${test})`).join(', ')
}

function sectionOf(profile: ClientProfile, answer: string | undefined): string {
  const { id, name, differs, unknown, read, sources } = profile
  if (answer === undefined) throw new Error(`nothing says what we do about ${id}`)
  const parts = [
    `## ${id}\n`,
    `**${name}.** ${differs}\n`,
    `**What we do about it.** ${answer}\n`,
    ...(unknown.length === 0 ? [] : [`**Not known.** ${unknown.join('; ')}.\n`]),
    `Sources, read on ${read}:\n`,
    `${sources.map(({ url, says }) => `- [${url.replace(/^https:\/\//, '')}](${url}): ${says}`).join('\n')}\n`,
  ]
  return parts.join('\n')
}
