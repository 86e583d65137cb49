// Writes the reports of the public API: `npm run api`. With `--check`, compares them with those in `etc/`.
// Exits with 1 when they differ, or when a public signature names a type that is not exported.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { apiReports, root } from './reports.ts'

const unknown = process.argv.slice(2).filter(arg => arg !== '--check')
if (unknown.length > 0) {
  console.error(`unknown: ${unknown.join(', ')}. Use: npm run api -- [--check]`)
  process.exit(2)
}
const isCheck = process.argv.includes('--check')

const reports = apiReports()
const problems = reports.flatMap(({ path, text, problems: found }) => {
  const file = join(root, path)
  if (isCheck) {
    const agreed = existsSync(file) ? readFileSync(file, 'utf8') : ''
    return agreed === text ? found : [...found, differing(path, agreed, text)]
  }
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
  return found
})
for (const problem of problems) console.error(problem)
if (problems.length === 0) console.log(reports.map(({ path }) => path).join('\n'))
process.exitCode = problems.length === 0 ? 0 : 1

/** What to do, and the lines that only one of both has. */
function differing(path: string, agreed: string, text: string): string {
  const [before, after] = [agreed.split('\n'), text.split('\n')]
  const only = (lines: readonly string[], others: readonly string[]) => lines.filter(line => !others.includes(line))
  return [
    `The public API is not the one of ${path}. Breaking it is a decision: npm run api, and a line in CHANGELOG.md`,
    ...only(before, after).map(line => `- ${line}`),
    ...only(after, before).map(line => `+ ${line}`),
  ].join('\n')
}
