import { build } from './build-package.ts'

/** `npm run build` */
process.exitCode = (await build()) ? 0 : 1
