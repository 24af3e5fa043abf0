/** What the command line reads and writes beside the target: given to it, so that tests hold it. */
export interface Console {
  /** A line of the result. */
  readonly out: (line: string) => void
  /** A line of the progress. */
  readonly err: (line: string) => void
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly readFile: (path: string) => Promise<string>
  readonly writeFile: (path: string, text: string) => Promise<void>
  /** Rejects where `writeFile` could not write, and leaves everything as it is. */
  readonly proveWritable: (path: string) => Promise<void>
  /** Writes a file so that a reader, or an interruption, finds the old text or the new one, and never a part. */
  readonly replaceFile: (path: string, text: string) => Promise<void>
  readonly appendFile: (path: string, text: string) => Promise<void>
  /** Where results go, if a terminal may want them in colour. */
  readonly stream?: NodeJS.WritableStream
  /** Registers what has to be ended when the run is interrupted; returns its removal. */
  readonly onInterrupt: (end: () => void) => () => void
}
