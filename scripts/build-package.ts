import { bundleWorkflows } from './bundle-workflows.ts'
import { compile } from './compile.ts'
import { copyMigrations } from './copy-migrations.ts'

/** Builds everything that is published into `dist`, quickly where nothing changed. Gives whether it compiled. */
export async function build(): Promise<boolean> {
  if (!(await compile())) return false
  await copyMigrations()
  await bundleWorkflows()
  return true
}
