import { relative, sep } from 'node:path'
import { watch } from 'chokidar'

/** Editors write a file in several steps, and a checkout writes many: changes within this time are one. Unit: milliseconds. */
const settleMs = 120

const ignoredFolders: ReadonlySet<string> = new Set(['node_modules', '.git', '.assetry', 'dist', 'coverage'])
const sources = /\.(?:[cm]?[jt]s|[jt]sx|json)$|(?:^|\/)\.env$/

/** A watch on a project's source files. */
export interface SourceWatch {
  close(): Promise<void>
}

/** Calls `changed` with the changed files, relative to `folder`, each time some of them settle. */
export function watchSources(folder: string, home: string, changed: (files: readonly string[]) => void): SourceWatch {
  let waiting = new Set<string>()
  let timer: ReturnType<typeof setTimeout> | undefined
  const watcher = watch(folder, {
    ignoreInitial: true,
    ignored: (path, stats) => path === home || isIgnored(relative(folder, path)) || (stats?.isFile() === true && !sources.test(path)),
  })
  watcher.on('all', (event, path) => {
    if (event === 'addDir' || event === 'unlinkDir') return
    waiting.add(relative(folder, path))
    clearTimeout(timer)
    timer = setTimeout(() => {
      const files = [...waiting]
      waiting = new Set()
      changed(files)
    }, settleMs)
  })
  return {
    async close() {
      clearTimeout(timer)
      await watcher.close()
    },
  }
}

function isIgnored(path: string): boolean {
  return path.split(sep).some((part) => ignoredFolders.has(part))
}
