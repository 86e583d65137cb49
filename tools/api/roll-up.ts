// The last step of `npm run build`: one file of declarations for each entry point. An argument names another
// folder than dist. With `--check`, compares the reports of the same run with those in `etc/` as well.
import { join } from 'node:path'
import { isAgreed } from './agreed.ts'
import { rollUp, root } from './reports.ts'

const [folder = 'dist'] = process.argv.slice(2).filter(arg => arg !== '--check')
const reports = rollUp(join(root, folder))
if (process.argv.includes('--check') && !isAgreed(reports)) process.exitCode = 1
