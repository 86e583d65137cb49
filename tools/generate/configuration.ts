// Writes docs/configuration.md, docs/configuration.ko.md and the variables of docker-compose.yml from the
// list of settings. Run `npm run generate` after changing it; a test fails while they disagree.
import { readFileSync, writeFileSync } from 'node:fs'
import { configurationPage, withSettings } from '../../app/settings/configuration-page.ts'

const path = (name: string) => new URL(`../../${name}`, import.meta.url)
const compose = path('docker-compose.yml')

writeFileSync(path('docs/configuration.md'), configurationPage('en'))
writeFileSync(path('docs/configuration.ko.md'), configurationPage('ko'))
writeFileSync(compose, withSettings(readFileSync(compose, 'utf8')))
