import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const packageFolder = fileURLToPath(new URL('..', import.meta.url))

/** A user's project in a temporary folder, with this package in its `node_modules`. */
export class ProjectFolder {
  readonly path: string

  private constructor(path: string) {
    this.path = path
  }

  static async create(definitions: string): Promise<ProjectFolder> {
    const path = await mkdtemp(join(tmpdir(), 'assetry-project-'))
    await mkdir(join(path, 'node_modules'))
    await symlink(packageFolder, join(path, 'node_modules', 'assetry'), 'dir')
    const project = new ProjectFolder(path)
    await project.write('package.json', '{ "type": "module" }')
    await project.write('definitions.ts', definitions)
    return project
  }

  get definitionsFile(): string {
    return join(this.path, 'definitions.ts')
  }

  get home(): string {
    return join(this.path, '.assetry')
  }

  async write(file: string, content: string): Promise<void> {
    await writeFile(join(this.path, file), content)
  }

  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true })
  }
}
