// Removes build output, so that a deleted source file cannot live on in a package. Takes another folder than
// dist.
import { rmSync } from 'node:fs'

rmSync(new URL(`../../${process.argv[2] ?? 'dist'}`, import.meta.url), { recursive: true, force: true })
