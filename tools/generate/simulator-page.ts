// Writes docs/simulator.md from the lists of the simulator. Run `npm run generate` after changing them; a
// test fails while they disagree.
import { writeFileSync } from 'node:fs'
import { simulatorPage } from '../../simulator/simulator-page.ts'

writeFileSync(new URL('../../docs/simulator.md', import.meta.url), simulatorPage())
