// The files of the page: its own, and those of two libraries, from their packages. Nothing else is served,
// and the page fetches nothing from elsewhere, so it works without the internet.
import { readFileSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export type Asset = { readonly body: string; readonly contentType: string }

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}

const packages = createRequire(import.meta.url)

/** By path. Read at the first request: the libraries are large, and most runs have no page open. */
const libraries: Readonly<Record<string, () => string>> = {
  '/library/lightweight-charts.mjs': () =>
    join(
      dirname(packages.resolve('lightweight-charts/package.json')),
      'dist/lightweight-charts.standalone.production.mjs',
    ),
  '/library/elk-api.js': () => packages.resolve('elkjs/lib/elk-api.js'),
  '/library/elk-worker.min.js': () => packages.resolve('elkjs/lib/elk-worker.min.js'),
}

const pageFolder = fileURLToPath(new URL('page', import.meta.url))

export function createAssets(): (path: string) => Asset | undefined {
  const files = readdirSync(pageFolder, { recursive: true, encoding: 'utf8' })
  const own = new Set(files.filter(name => extname(name) in contentTypes).map(name => name.replaceAll('\\', '/')))
  const read = new Map<string, Asset>()

  function fileOf(path: string): string | undefined {
    const name = path === '/' ? 'index.html' : path.slice(1)
    if (own.has(name)) return join(pageFolder, name)
    return Object.hasOwn(libraries, path) ? libraries[path]?.() : undefined
  }

  return path => {
    const known = read.get(path)
    if (known !== undefined) return known
    const file = fileOf(path)
    if (file === undefined) return undefined
    const asset = { body: readFileSync(file, 'utf8'), contentType: contentTypes[extname(file)] as string }
    read.set(path, asset)
    return asset
  }
}
