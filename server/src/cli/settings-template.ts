import { stringify } from 'yaml'
import { describeSettings, type SettingDescription } from '../config/setting-reference.ts'

/** Only `sallyport dev` reads these. */
const DEVELOPMENT_ONLY = /^(?:dataDir|demo)(?:\.|$)/

/** Shown, commented out, for what has no default to show. What has neither is commented out inside its section too. */
const EXAMPLES: Readonly<Record<string, unknown>> = {
  'listen.host': '0.0.0.0',
  'resources[].id': 'issues',
  'resources[].uri': 'https://mcp.example.com/mcp',
  'resources[].name': 'Issue tracker',
  'resources[].tools': 'issues.yaml',
  'clients[].id': 'portal',
  'clients[].name': 'Portal',
  'clients[].redirectUris': ['https://portal.example.com/callback'],
}

const PREAMBLE = `# Settings of Sallyport. \`sallyport serve\` reads this file where --config or SALLYPORT_CONFIG names it, and as
# sallyport.yaml of its working directory. The environment stands over it, flags over that. Lines that are commented
# out show the default, or an example where there is none. \`sallyport check-config\` judges it and starts nothing.
# Relative paths start here.
`

/** Wide enough for the sentences, narrow enough for a terminal beside an editor. */
const WIDTH = 116

/**
 * A settings file with every setting that `serve` knows, explained by the words of the schema.
 * @param values what is set, by path; everything else is commented out
 */
export function settingsTemplate(values: Readonly<Record<string, unknown>>): string {
  const all = describeSettings()
  // A secret is shown in one form: as the file that holds it.
  const settings = all.filter(({ path, fileTwin }) => !DEVELOPMENT_ONLY.test(path) && fileTwin === undefined)
  const blocks = settings.filter(({ path }) => !path.includes('.')).map((setting) => block(setting, settings, values))
  return [PREAMBLE, ...blocks].join('\n')
}

function block(
  setting: SettingDescription,
  settings: readonly SettingDescription[],
  values: Readonly<Record<string, unknown>>,
): string {
  const value = values[setting.path]
  const lines = value === undefined ? keyLines(setting, settings).map((line) => `# ${line}`) : [keyLine(setting, value)]
  return `${[...comment(setting), ...lines].join('\n')}\n`
}

/** The lines of a key and of what is inside it, as they are once the mark that comments them out is gone. */
function keyLines(setting: SettingDescription, settings: readonly SettingDescription[]): readonly string[] {
  const { path, isSection, defaultValue } = setting
  const inside = settings.filter(({ path: other }) => parentOf(other) === path)
  if (isSection) return [`${keyOf(path)}:`, ...nested(inside, settings, '  ')]
  const entry = settings.filter(({ path: other }) => parentOf(other) === `${path}[]`)
  if (entry.length === 0) return [keyLine(setting, EXAMPLES[path] ?? defaultValue)]
  const lines = nested(entry, settings, '    ')
  const first = lines.findIndex((line) => !line.trimStart().startsWith('#'))
  return [`${keyOf(path)}:`, ...lines.map((line, index) => (index === first ? line.replace('    ', '  - ') : line))]
}

function nested(
  keys: readonly SettingDescription[],
  settings: readonly SettingDescription[],
  indent: string,
): readonly string[] {
  return keys.flatMap((key) => [...comment(key), ...keyLines(key, settings)].map((line) => indent + line))
}

/** Bounds of numbers; what else is refused says so by itself, and the reference has it. */
function comment({ description, bounds, type }: SettingDescription): readonly string[] {
  const range = type === 'whole number' ? bounds.map((bound) => `It ${bound}.`) : []
  return [description, ...range].flatMap(wrap).map((line) => `# ${line}`)
}

function wrap(sentence: string): readonly string[] {
  const lines: string[] = []
  for (const word of sentence.split(' ')) {
    const last = lines.at(-1)
    if (last === undefined || last.length + 1 + word.length > WIDTH) lines.push(word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines
}

function keyLine({ path, isSection }: SettingDescription, value: unknown): string {
  if (value === undefined) return `${path.includes('.') && !isSection ? '# ' : ''}${keyOf(path)}:`
  return `${keyOf(path)}: ${stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trimEnd()}`
}

const keyOf = (path: string): string => path.slice(path.lastIndexOf('.') + 1)

const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('.')))
