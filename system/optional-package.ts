// Packages that only some commands need and that are not installed with kis-stream. Where one is missing, the
// error names it and the command that installs it.

/** What they are installed as: the versions of the package's own `peerDependencies`. */
export const optionalPackages = {
  '@duckdb/node-api': '^1.5.6-r.1',
  '@bull-board/api': '^9.10.1',
  '@bull-board/hono': '^9.10.1',
  '@bull-board/ui': '^9.10.1',
  '@statelyai/inspect': '^0.7.2',
} as const satisfies Readonly<Record<string, string>>

export type OptionalPackage = keyof typeof optionalPackages

/**
 * For an `import()` that failed: a sentence if one of these packages is not there, undefined if it failed for
 * another reason. `who` needs them all.
 */
export function missingPackage(error: unknown, who: string, names: readonly OptionalPackage[]): string | undefined {
  if (!isNotFound(error)) return undefined
  if (!names.some(name => error.message.includes(`'${name}'`) || error.message.includes(`/${name}/`))) return undefined
  const installed = names.map(name => `${name}@${optionalPackages[name]}`).join(' ')
  return `${who} needs ${names.join(', ')}: npm i ${installed}`
}

function isNotFound(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND'
}
