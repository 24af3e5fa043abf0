import type { Argument, Command, Option } from 'commander'
import { examplesOf } from '../../server/src/cli/command.ts'
import { EXIT_CODE_HELP } from '../../server/src/cli/exit-code.ts'
import { createProgram } from '../../server/src/cli/program.ts'
import { processTerminal } from '../../server/src/cli/terminal.ts'
import { code, codes, generatedFrom, table } from './markdown.ts'

const INTRODUCTION = `# Command line

Every verb of \`sallyport\`. From a checkout it is \`npm run sallyport --\`, in the container image it is what the container runs. Results go to stdout, everything else to stderr; \`--json\` prints one JSON object or list, and lists are JSON whenever stdout is no terminal. Verbs that need the database take it from \`DATABASE_URL\`, else from the settings file, else they use the embedded one of the data folder.
`

/** The page of the whole command line. */
export function cliPage(): string {
  const program = createProgram({ terminal: processTerminal(), exitCode: 0 }, '')
  const leaves = leavesOf(program, [])
  const contents = leaves.map(({ path, command }) => `- [${code(path)}](#${anchorOf(path)}): ${command.summary()}`)
  const parts = [
    generatedFrom('`server/src/cli/`'),
    INTRODUCTION,
    `${contents.join('\n')}\n`,
    exitCodes(),
    ...leaves.map(verb),
  ]
  return `${parts.join('\n').trimEnd()}\n`
}

interface Leaf {
  readonly path: string
  readonly command: Command
}

function leavesOf(command: Command, parents: readonly string[]): readonly Leaf[] {
  const path = [...parents, command.name()]
  if (command.commands.length === 0) return [{ path: path.join(' '), command }]
  return command.commands.flatMap((inner) => leavesOf(inner, path))
}

const anchorOf = (path: string): string => path.replaceAll(' ', '-')

/** The table that every help ends with, as one. */
function exitCodes(): string {
  const rows = [...EXIT_CODE_HELP.matchAll(/^ {2}(\d+) +(\S.*)$/gm)].map((match) => [
    code(match[1] ?? ''),
    match[2] ?? '',
  ])
  return `## Exit codes\n\n${table(['code', 'what'], rows)}\n`
}

function verb({ path, command }: Leaf): string {
  const arguments_ = command.registeredArguments.map(argumentRow)
  const options = command.options.filter(({ hidden }) => !hidden).map(optionRow)
  const usage = [path, ...command.registeredArguments.map(shown), options.length === 0 ? '' : '[options]']
  const blocks = [
    `## ${path}`,
    `${sentenceOf(command.description())}`,
    `\`\`\`sh\n${examplesOf(command).join('\n')}\n\`\`\``,
    `Usage: ${code(usage.filter((word) => word !== '').join(' '))}`,
    ...(arguments_.length === 0 ? [] : [table(['argument', 'what'], arguments_)]),
    ...(options.length === 0 ? [] : [table(['option', 'needed', 'default', 'what'], options)]),
  ]
  return `${blocks.join('\n\n')}\n`
}

/** The help begins in small letters, a page does not. */
function sentenceOf(description: string): string {
  const [summary = '', ...details] = description.split('\n\n')
  const first = `${summary.charAt(0).toUpperCase()}${summary.slice(1)}`
  return [first.endsWith('.') ? first : `${first}.`, ...details].join('\n\n')
}

function shown(argument: Argument): string {
  return argument.required ? `<${argument.name()}>` : `[${argument.name()}]`
}

function argumentRow(argument: Argument): readonly string[] {
  return [code(shown(argument)), argument.description]
}

function optionRow(option: Option): readonly string[] {
  const choices = option.argChoices === undefined ? '' : ` (one of ${codes(option.argChoices)})`
  return [
    code(option.flags),
    option.mandatory ? 'yes' : '',
    option.defaultValue === undefined ? '' : code(String(option.defaultValue)),
    `${option.description}${choices}`,
  ]
}
