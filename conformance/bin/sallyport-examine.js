#!/usr/bin/env node
// Runs the built package where there is one. A checkout asks for its sources by the condition, so a stale build never hides an edit.
import { existsSync } from 'node:fs'

const built = new URL('../dist/main.js', import.meta.url)
const fromSource = process.execArgv.includes('--conditions=@sallyport/source') || !existsSync(built)
await import(fromSource ? '../src/main.ts' : built.href)
