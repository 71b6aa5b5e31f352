#!/usr/bin/env node
import { runCommandLine } from './command-line.ts'

const exitCode = await runCommandLine(process.argv.slice(2))
// User code that was loaded may hold timers and connections; a command that is done ends all the same.
process.stdout.write('', () => process.stderr.write('', () => process.exit(exitCode)))
