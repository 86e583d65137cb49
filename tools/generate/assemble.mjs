// Runs after the compiler and adds the other parts of the package: the page as it is, with the library of its
// charts; the sample recording; and the bundled packages, each with its licence. zod is bundled with only its
// used part, since all of it is a third of the time of an import; js-redis-server is bundled because it
// requires a newer Node and a second ioredis. An argument names another folder than dist.
import { copyFileSync, cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = join(root, process.argv[2] ?? 'dist')
const bundled = join(folder, 'bundled')
const modules = join(root, 'node_modules')
const importOfZod = /^import \{ z \} from 'zod'/m

copyPage()
cpSync(join(root, 'simulator/sample'), join(folder, 'simulator/sample'), { recursive: true })
mkdirSync(bundled, { recursive: true })
const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter(name => name.endsWith('.js') && !/^(bundled|dashboard\/page)\b/.test(name.replaceAll('\\', '/')))
  .map(name => join(folder, name))
await bundle('zod', `export { ${namesOfZod().join(', ')} } from 'zod'`)
await bundle('js-redis-server', "export { createIoredisMock } from 'js-redis-server'")
// The second part of js-redis-server looks for these beside itself.
for (const name of ['redis_lua.mjs', 'redis_lua.wasm']) {
  copyFileSync(join(modules, 'lua-redis-wasm/dist', name), join(bundled, name))
}
copyLicence('lua-redis-wasm', bundled, ['LICENSE', 'THIRD_PARTY_NOTICES.md'])
copyLicence('cluster-key-slot', bundled)
sources.forEach(useBundled)
await joinEntries()

function copyPage() {
  const page = join(folder, 'dashboard/page')
  const isOfThePage = path => !/tsconfig\.json$|\.d\.mts$/.test(path)
  cpSync(join(root, 'dashboard/page'), page, { recursive: true, filter: isOfThePage })
  const library = join(page, 'library')
  mkdirSync(library, { recursive: true })
  copyFileSync(
    join(modules, 'lightweight-charts/dist/lightweight-charts.standalone.production.mjs'),
    join(library, 'lightweight-charts.mjs'),
  )
  copyLicence('lightweight-charts', library)
}

function copyLicence(name, to, files = ['LICENSE']) {
  for (const file of files)
    copyFileSync(join(modules, name, file), join(to, `${name}.${file.replace(/\.md$/, '')}.txt`))
}

async function bundle(name, contents) {
  await build({
    stdin: { contents, resolveDir: root },
    outfile: join(bundled, `${name}.js`),
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external: ['ioredis', 'redis'],
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'inline',
    logLevel: 'warning',
  })
  copyLicence(name, bundled)
}

/** What is used of it, as `z.object`. */
function namesOfZod() {
  const names = sources.flatMap(file => {
    const text = readFileSync(file, 'utf8')
    return importOfZod.test(text) ? [...text.matchAll(/\bz\s*\.([A-Za-z]+)\b/g)].map(([, name]) => name) : []
  })
  return [...new Set(names)]
}

/** The last step: the modules import what is bundled beside them. */
function useBundled(file) {
  const text = readFileSync(file, 'utf8')
  const path = name => {
    const place = relative(dirname(file), join(bundled, `${name}.js`)).replaceAll('\\', '/')
    return place.startsWith('.') ? place : `./${place}`
  }
  const changed = text
    .replace(importOfZod, () => `import * as z from '${path('zod')}'`)
    .replace(/import\('js-redis-server'\)/, () => `import('${path('js-redis-server')}')`)
  const left = /(?:from|import\() ?['"](zod|js-redis-server)['"]/.exec(changed)
  if (left !== null) throw new Error(`${file} still imports ${left[1]}, in a way that is not known here`)
  if (changed !== text) writeFileSync(file, changed)
}

/**
 * The modules behind the entry points and the command become a few files: two hundred take as long to find
 * and open as they take to run. All of them in one go, so that they share what they have in common. A module
 * that looks for files beside itself stays where it is.
 */
async function joinEntries() {
  const entries = readdirSync(join(folder, 'entries')).filter(name => name.endsWith('.js'))
  const marker = 'in-the-package:'
  const stays = {
    name: 'stays',
    setup({ onResolve }) {
      onResolve({ filter: /^\./ }, ({ path, resolveDir, kind }) => {
        const file = resolve(resolveDir, path)
        if (kind === 'entry-point' || !/import\.meta\.url/.test(readFileSync(file, 'utf8'))) return undefined
        return { path: marker + relative(folder, file), external: true }
      })
    },
  }
  const { outputFiles } = await build({
    entryPoints: ['index.js', 'cli/main.js', ...entries.map(name => `entries/${name}`)].map(name => join(folder, name)),
    outdir: folder,
    outbase: folder,
    chunkNames: 'entries/parts/[hash]',
    bundle: true,
    splitting: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    plugins: [stays],
    logLevel: 'warning',
  })
  for (const { path, text } of outputFiles) {
    const placed = text.replaceAll(new RegExp(`(["'])${marker}([^"']+)\\1`, 'g'), (_, quote, file) => {
      const place = relative(dirname(path), join(folder, file)).replaceAll('\\', '/')
      return `${quote}${place.startsWith('.') ? place : `./${place}`}${quote}`
    })
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, placed)
  }
}
