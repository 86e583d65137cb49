// Writes the reports of the public API: `npm run api`. With `--check`, compares them with those in `etc/`.
// Exits with 1 when they differ, or when a public signature names a type that is not exported.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { isAgreed, print } from './agreed.ts'
import { apiReports, root } from './reports.ts'

const unknown = process.argv.slice(2).filter(arg => arg !== '--check')
if (unknown.length > 0) {
  console.error(`unknown: ${unknown.join(', ')}. Use: npm run api -- [--check]`)
  process.exit(2)
}

const reports = apiReports()
if (process.argv.includes('--check')) {
  process.exitCode = isAgreed(reports) ? 0 : 1
} else {
  for (const { path, text } of reports) {
    const file = join(root, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
  const problems = reports.flatMap(report => report.problems)
  process.exitCode = print(reports, problems) ? 0 : 1
}
