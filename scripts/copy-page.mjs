// The page needs no build: its files stand in the package as they are.
import { cpSync } from 'node:fs'

const folder = new URL('../dashboard/page', import.meta.url)
const isOfThePage = path => !/tsconfig\.json$|\.d\.mts$|library$/.test(path)

cpSync(folder, new URL('../dist/dashboard/page', import.meta.url), { recursive: true, filter: isOfThePage })
