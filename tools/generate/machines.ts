// Writes docs/machines.md from the machines. Run `npm run generate` after changing one; a test fails while
// the two disagree.
import { writeFileSync } from 'node:fs'
import { machineNames } from '../../app/machine-docs/machines.ts'
import { machinePage } from '../../app/machine-docs/page.ts'

writeFileSync(new URL('../../docs/machines.md', import.meta.url), machinePage(machineNames))
