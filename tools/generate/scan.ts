// Compiles kis/wire/scan/wasm/scan.ts, which is AssemblyScript, into kis/wire/scan/scan-code.ts: the few
// hundred bytes of WebAssembly that the package carries.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { writeFileSync } from 'node:fs'
import { main } from 'assemblyscript/asc'

const source = fileURLToPath(new URL('../../kis/wire/scan/wasm/scan.ts', import.meta.url))

/** The text of kis/wire/scan/scan-code.ts. */
export async function generateScan(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'kis-stream-scan-'))
  try {
    const outFile = join(folder, 'scan.wasm')
    const options = ['--runtime', 'stub', '--enable', 'simd', '--importMemory', '--noAssert', '-O3', '--converge']
    const { error } = await main([source, '--outFile', outFile, '--baseDir', '/', ...options])
    if (error !== null) throw new Error('kis/wire/scan/wasm/scan.ts does not compile', { cause: error })
    return moduleText((await readFile(outFile)).toString('base64'))
  } finally {
    await rm(folder, { recursive: true })
  }
}

function moduleText(base64: string): string {
  const lines = (base64.match(/.{1,100}/g) ?? []).map(line => `  '${line}'`)
  return `// Generated from kis/wire/scan/wasm/scan.ts by tools/generate/scan.ts: \`npm run generate\`. Do not edit.
export const scanCode: string =
${lines.join(' +\n')}
`
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  writeFileSync(new URL('../../kis/wire/scan/scan-code.ts', import.meta.url), await generateScan())
}
