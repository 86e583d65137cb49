// Writes docs/metrics.md from the list of metrics. Run `npm run generate` after changing it; a test fails
// while the two disagree.
import { writeFileSync } from 'node:fs'
import { metricPage } from '../../app/observe/metrics/page.ts'

writeFileSync(new URL('../../docs/metrics.md', import.meta.url), metricPage())
