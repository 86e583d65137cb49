// The files of the page: its own, and the library that draws its charts. Nothing else is served, and the page
// fetches nothing from elsewhere, so it works without the internet.
import { readFileSync, readdirSync } from 'node:fs'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export type Asset = { readonly body: string; readonly contentType: string }

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** In a checkout it stands in its package; in the built package beside the page's own files. */
const checkoutLibraries: Readonly<Record<string, URL>> = {
  '/library/lightweight-charts.mjs': new URL(
    '../node_modules/lightweight-charts/dist/lightweight-charts.standalone.production.mjs',
    import.meta.url,
  ),
}

const pageFolder = fileURLToPath(new URL('page', import.meta.url))

export function createAssets(): (path: string) => Asset | undefined {
  const files = readdirSync(pageFolder, { recursive: true, encoding: 'utf8' })
  const own = new Set(files.filter(name => extname(name) in contentTypes).map(name => name.replaceAll('\\', '/')))
  const read = new Map<string, Asset>()

  function fileOf(path: string): string | URL | undefined {
    const name = path === '/' ? 'index.html' : path.slice(1)
    if (own.has(name)) return join(pageFolder, name)
    return Object.hasOwn(checkoutLibraries, path) ? checkoutLibraries[path] : undefined
  }

  return path => {
    const known = read.get(path)
    if (known !== undefined) return known
    const file = fileOf(path)
    if (file === undefined) return undefined
    const asset = { body: readFileSync(file, 'utf8'), contentType: contentTypes[extname(String(file))] as string }
    read.set(path, asset)
    return asset
  }
}
