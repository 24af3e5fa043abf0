/** What a command's end means to the script that called it. */
export const EXIT = {
  done: 0,
  /** The request was understood and refused, or it failed. */
  refused: 1,
  /** What was typed or configured is wrong in itself. */
  usage: 2,
  /** The database cannot be reached. */
  unreachable: 4,
  /** 128 + SIGINT, as shells count. */
  interrupted: 130,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** The table every help ends with. */
export const EXIT_CODE_HELP = `
Exit codes:
  0    done
  1    refused or failed
  2    usage or configuration error
  4    the database cannot be reached
  130  interrupted (SIGINT)`
