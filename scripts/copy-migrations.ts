import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { projectRoot } from './project-root.ts'

/** Copies the metadata store's migrations beside its compiled code, where it looks for them. */
export async function copyMigrations(): Promise<void> {
  await cp(join(projectRoot, 'metadata/migrations'), join(projectRoot, 'dist/metadata/migrations'), { recursive: true })
}
