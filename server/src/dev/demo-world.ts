/** One issue of the demo. */
export interface DemoIssue {
  readonly title: string
  readonly state: 'open' | 'closed'
}

/** What the demo's tools act on: in memory, the same for everybody, as at first after each start. */
export interface DemoWorld {
  readonly repositories: readonly string[]
  readIssue(number: number): DemoIssue | undefined
  /** @returns the new issue's number; undefined when there are too many */
  createIssue(title: string): number | undefined
  /** @returns false when there is no such branch */
  deleteBranch(name: string): boolean
  /** @returns which version of the secret is in use from now on; undefined when there is no such secret */
  rotateSecret(name: string): number | undefined
}

/** A script that creates issues for ever fills no memory. */
const MAX_ISSUES = 1_000

/** Makes the world as it is at the start: issues 1 to 3, some branches, one secret. */
export function createDemoWorld(): DemoWorld {
  const issues: DemoIssue[] = [
    { title: 'The outer door does not close by itself', state: 'open' },
    { title: 'One key opens both doors', state: 'closed' },
    { title: 'Write down who holds which key', state: 'open' },
  ]
  const branches = new Set(['main', 'second-door', 'louder-hinges'])
  const secrets = new Map([['deploy-key', 1]])
  return {
    repositories: ['sallyport/gatehouse', 'sallyport/drawbridge'],
    readIssue: (number) => issues[number - 1],
    createIssue: (title) => (issues.length < MAX_ISSUES ? issues.push({ title, state: 'open' }) : undefined),
    deleteBranch: (name) => branches.delete(name),
    rotateSecret(name) {
      const version = secrets.get(name)
      if (version === undefined) return undefined
      secrets.set(name, version + 1)
      return version + 1
    },
  }
}
