/** What a person needs to know about one stable code. */
export interface CodeMeaning {
  readonly means: string
  /** What the reader changes; for whom the page says it in "where seen". */
  readonly change: string
  /** OAuth error on the wire, where the code does not come from the server's own catalogue. */
  readonly oauth?: string
}

export type CodeMeanings = Readonly<Record<`SALLYPORT_${'E' | 'W'}_${string}`, CodeMeaning>>
