// Migrates the database that its argument names, and says which steps it applied.
import { migrateDatabase } from '../../src/store/index.ts'

process.send?.(await migrateDatabase(process.argv[2] ?? ''))
