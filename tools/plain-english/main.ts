// Lists retired words and comment lines that are too long: `npm run words`, or `npm run words -- simulator
// --count`. Exits with 1 when there are any.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { findWords } from './words.ts'

const kinds = /\.(?:ts|js|mjs|css|md)$/u

const args = process.argv.slice(2)
const paths = args.filter(arg => !arg.startsWith('--'))
const unknown = args.filter(arg => arg.startsWith('--') && arg !== '--count')
if (unknown.length > 0) {
  console.error(`unknown: ${unknown.join(', ')}. Use: npm run words -- [--count] [folder or file …]`)
  process.exit(2)
}

const files = execFileSync('git', ['ls-files', '--', ...paths], { encoding: 'utf8' })
  .split('\n')
  // Generated: what stands in a report stands in the code first.
  .filter(file => kinds.test(file) && !file.startsWith('etc/'))
const findings = files.flatMap(file => findWords(file, readFileSync(file, 'utf8')))

if (args.includes('--count')) {
  const counts = new Map<string, number>()
  for (const { file } of findings) counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1)
  for (const [folder, count] of counts) console.log(`${String(count).padStart(5)}  ${folder}`)
} else {
  for (const { file, line, what, text } of findings) console.log(`${file}:${line}: ${what}\n    ${text}`)
}
console.log(findings.length === 0 ? 'no retired words, no long comments' : `${findings.length} to rewrite`)
process.exitCode = findings.length === 0 ? 0 : 1
