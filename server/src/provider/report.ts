/** Told about what the wire does not say. */
export type Report = (level: 'warn' | 'error', message: string, detail: Readonly<Record<string, unknown>>) => void
