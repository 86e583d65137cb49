// The last step of `npm run build`: one file of declarations for each entry point.
import { join } from 'node:path'
import { rollUp, root } from './reports.ts'

rollUp(join(root, 'dist'))
