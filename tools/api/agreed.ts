// The reports of the public API against those that were agreed on, in `etc/`.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ApiReport, root } from './reports.ts'

/** Prints what differs, or else the paths. Whether nothing differs. */
export function isAgreed(reports: readonly ApiReport[]): boolean {
  return print(
    reports,
    reports.flatMap(({ path, text, problems }) => {
      const file = join(root, path)
      const agreed = existsSync(file) ? readFileSync(file, 'utf8') : ''
      return agreed === text ? problems : [...problems, differing(path, agreed, text)]
    }),
  )
}

/** Whether there is no problem. */
export function print(reports: readonly ApiReport[], problems: readonly string[]): boolean {
  for (const problem of problems) console.error(problem)
  if (problems.length === 0) console.log(reports.map(({ path }) => path).join('\n'))
  return problems.length === 0
}

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
