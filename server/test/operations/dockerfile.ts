/** One instruction of a Dockerfile, its continuation lines joined. */
export interface Instruction {
  readonly name: string
  readonly text: string
}

/** Everything from one FROM to the next. */
export interface Stage {
  readonly name: string
  /** Another stage, or an image. */
  readonly from: string
  readonly instructions: readonly Instruction[]
}

const NAMES = /^(?:FROM|ARG|WORKDIR|COPY|RUN|ENV|VOLUME|USER|EXPOSE|HEALTHCHECK|ENTRYPOINT|CMD|LABEL)$/

/**
 * Reads a Dockerfile as far as ours uses the language.
 * @throws Error for an instruction it does not know
 */
export function parseDockerfile(text: string): readonly Stage[] {
  const stages: { name: string; from: string; instructions: Instruction[] }[] = []
  const values = new Map<string, string>()
  for (const line of joinedLines(text)) {
    const [name = '', ...words] = line.split(/\s+/)
    if (!NAMES.test(name)) throw new Error(`${name}: an instruction that nothing here knows`)
    const rest = line.slice(name.length).trim()
    if (name === 'ARG') values.set(...defaultOf(rest))
    const known = [...values].reduce((all, [key, value]) => all.replaceAll(`\${${key}}`, value), rest)
    if (name === 'FROM') stages.push({ name: words[2] ?? '', from: known.split(' ')[0] ?? '', instructions: [] })
    else stages.at(-1)?.instructions.push({ name, text: known })
  }
  return stages
}

function defaultOf(text: string): [string, string] {
  const [name = '', value = ''] = text.split('=')
  return [name, value]
}

function joinedLines(text: string): readonly string[] {
  return text
    .split('\n')
    .filter((line) => !line.trimStart().startsWith('#'))
    .join('\n')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line.trim() !== '')
}

/** The stage of that name. */
export function stageOf(stages: readonly Stage[], name: string): Stage {
  const stage = stages.find((candidate) => candidate.name === name)
  if (stage === undefined) throw new Error(`there is no stage ${name}`)
  return stage
}

/** The last word of an instruction in a stage, as containers see it. */
export function lastOf({ instructions }: Stage, name: string): string | undefined {
  return instructions.findLast((instruction) => instruction.name === name)?.text
}

/** The words of `["a", "b"]`. */
export function words(text: string | undefined): readonly string[] {
  const parsed: unknown = JSON.parse(text ?? '[]')
  return Array.isArray(parsed) ? parsed.map(String) : []
}

/** What a COPY takes and where it puts it. */
export interface Copy {
  readonly fromStage: string | undefined
  readonly sources: readonly string[]
  readonly target: string
}

export function parseCopy(text: string): Copy {
  const parts = text.split(/\s+/)
  const [, fromStage] = parts[0]?.match(/^--from=(.*)$/) ?? []
  const paths = fromStage === undefined ? parts : parts.slice(1)
  return { fromStage, sources: paths.slice(0, -1), target: paths.at(-1) ?? '' }
}
