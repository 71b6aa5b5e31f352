import { build } from './build-package.ts'
import { failedStaticChecks } from './static-checks.ts'

/** `npm run check`: every check that runs no code of ours. */
const failed = (await build()) ? await failedStaticChecks() : ['build']
console.log(failed.length === 0 ? '\nEvery check passed.' : `\nFailed: ${failed.join(', ')}.`)
process.exitCode = failed.length === 0 ? 0 : 1
