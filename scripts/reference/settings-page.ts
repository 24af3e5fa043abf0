import { ENVIRONMENT } from '../../server/src/config/environment.ts'
import { FLAGS } from '../../server/src/config/flags.ts'
import { describeSettings, type SettingDescription } from '../../server/src/config/setting-reference.ts'
import { code, generatedFrom, table } from './markdown.ts'

const INTRODUCTION = `# Settings

Every setting of the server, from the schema that judges them. The settings file is \`sallyport.yaml\` in the working directory, or the file that \`--config\` or \`SALLYPORT_CONFIG\` names; over the file stands the environment, over that stand the flags. What is not on this page does not exist: an unknown key and an unknown \`SALLYPORT_\` variable are errors. \`sallyport init\` writes a file to begin with, \`sallyport check-config\` judges what \`serve\` would read and starts nothing.

Paths in the file start at the folder of the file, paths in variables and flags at the working directory. Each secret is given in one of two forms, never both: the value, or the name of a file that holds it (the key with \`File\`, the variable with \`_FILE\`). A secret has no flag, because arguments are public. A variable that is empty counts as not set.
`

/** The page of all settings. */
export function settingsPage(): string {
  const settings = describeSettings()
  const parents = [...new Set(settings.map(parentOf))]
  const sections = parents.map((parent) => section(parent, settings))
  const pages = [generatedFrom('`server/src/config/`'), INTRODUCTION, ...sections, variables(), flags()]
  return `${pages.join('\n').trimEnd()}\n`
}

/** `lifetimes` of `lifetimes.codeSeconds`; '' of what stands at the top. */
function parentOf({ path }: SettingDescription): string {
  const at = path.lastIndexOf('.')
  return at === -1 ? '' : path.slice(0, at)
}

function section(parent: string, settings: readonly SettingDescription[]): string {
  const keys = settings.filter((setting) => parentOf(setting) === parent)
  const owner = settings.find(({ path }) => path === parent.replace('[]', ''))
  const heading = parent === '' ? 'At the top' : code(parent)
  const introduction = owner === undefined ? '' : `${owner.description}\n\n`
  const rows = keys.map((setting) => [
    code(setting.path.slice(parent === '' ? 0 : parent.length + 1)),
    setting.type,
    defaultOf(setting),
    setting.bounds.map((bound) => bound.replace(/^must be /, '')).join('; '),
    setting.variable === undefined ? '' : code(setting.variable),
    setting.flag === undefined ? '' : code(setting.flag),
    setting.description,
  ])
  const head = ['key', 'type', 'default', 'bounds', 'variable', 'flag', 'what']
  return `## ${heading}\n\n${introduction}${table(head, rows)}\n`
}

function defaultOf({ path, defaultValue, isRequired }: SettingDescription): string {
  if (isRequired) return 'required'
  if (defaultValue === undefined) return ''
  const written = code(Array.isArray(defaultValue) ? JSON.stringify(defaultValue) : String(defaultValue))
  return path.endsWith('Seconds') ? `${written} (${durationOf(Number(defaultValue))})` : written
}

const UNITS = [
  { name: 'd', seconds: 86_400 },
  { name: 'h', seconds: 3_600 },
  { name: 'min', seconds: 60 },
  { name: 's', seconds: 1 },
]

/** In the largest unit that leaves nothing over. */
function durationOf(seconds: number): string {
  const unit = UNITS.find((candidate) => seconds >= candidate.seconds && seconds % candidate.seconds === 0)
  return unit === undefined ? `${seconds} s` : `${seconds / unit.seconds} ${unit.name}`
}

function variables(): string {
  const rows = ENVIRONMENT.map(({ name, path, secret, describe }) => [
    code(name),
    secret ? code(`${name}_FILE`) : '',
    path === undefined ? '' : code(path.join('.')),
    describe,
  ])
  return `## Variables of the environment\n\n${table(['variable', 'file twin', 'fills', 'what'], rows)}\n`
}

function flags(): string {
  const rows = FLAGS.map(({ flag, placeholder, path, describe }) => [
    code(`${flag} <${placeholder}>`),
    code(path.join('.')),
    describe,
  ])
  const note = 'Which verb takes which flag is in the [reference of the command line](cli.md).'
  return `## Flags\n\n${table(['flag', 'fills', 'what'], rows)}\n\n${note}\n`
}
