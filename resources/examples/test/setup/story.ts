import { readFileSync } from 'node:fs'

/** The stories in their order: folder names. */
export const STORIES = ['01-protect-a-server', '02-step-up', '03-exchange'] as const

export type Story = (typeof STORIES)[number]

export const ROOT = new URL('../../../../', import.meta.url).pathname

/** A file of a story. */
export function readStory(story: Story, file: string): string {
  return readFileSync(`${ROOT}resources/examples/${story}/${file}`, 'utf8')
}

/** `NAME=value npm run script -- arguments`, taken apart. */
export interface ReadmeCommand {
  readonly env: Readonly<Record<string, string>>
  readonly script: string
  readonly args: readonly string[]
}

const COMMAND = /^((?:\w+=\S+ )*)npm run (\S+)(?: --)? (.*)$/

/** What a story's README tells people to paste. */
export function readmeCommands(story: Story): readonly ReadmeCommand[] {
  const blocks = [...readStory(story, 'README.md').matchAll(/^```sh\n(.*?)^```/gms)]
  const lines = blocks.flatMap(([, block = '']) => block.trim().split('\n'))
  return lines.map((line) => {
    const [, assignments = '', script = '', args = ''] = COMMAND.exec(line) ?? []
    if (script === '') throw new Error(`${story}: cannot run "${line}"`)
    const env = assignments
      .split(' ')
      .filter(Boolean)
      .map((one) => one.split('='))
    return { env: Object.fromEntries(env), script, args: args.split(' ') }
  })
}
