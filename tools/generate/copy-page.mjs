// The page needs no build: its files stand in the package as they are. Takes another folder than dist.
import { cpSync } from 'node:fs'

const folder = new URL('../../dashboard/page', import.meta.url)
const isOfThePage = path => !/tsconfig\.json$|\.d\.mts$|library$/.test(path)

cpSync(folder, new URL(`../../${process.argv[2] ?? 'dist'}/dashboard/page`, import.meta.url), {
  recursive: true,
  filter: isOfThePage,
})
