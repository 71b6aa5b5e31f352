import { readFile } from 'node:fs/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import { bundleWorkflows } from '../scripts/bundle-workflows.ts'
import { runTool } from '../scripts/run-command.ts'

/**
 * Largest size of the bundle, source map included; each workflow that a worker keeps evaluates it once more.
 *
 * Unit: bytes. About a fifth more than the 854,000 that it had when this was set, of which 790,000 are Temporal's.
 */
const sizeBudget = 1_020_000

/** Packages made for the workflow sandbox, with what they need themselves, and `ms`, which is pure. */
const allowedPackages = ['@temporalio/common', '@temporalio/workflow', 'long', 'ms', 'nexus-rpc']

/** Ours that may be inside: the workflows, and what is pure. */
const allowedFolders = ['definitions', 'planning', 'workflows']

/** The modules of a webpack bundle, by the comment it writes before each. */
function modulesOf(bundle: string): readonly string[] {
  return [...bundle.matchAll(/^\/\*\*\*\/ "([^"]+)"/gm)].map((match) => match[1] ?? '')
}

/**
 * A module of Node has neither a folder nor a package, so it is not allowed either. What webpack names `?31ff` is empty: it
 * stands for a converter that a project could plug in and ours does not.
 */
function isAllowed(module: string): boolean {
  if (/^\?[0-9a-f]+$/.test(module)) return true
  const [, inPackage] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(module) ?? []
  if (inPackage !== undefined) return allowedPackages.includes(inPackage)
  const [, folder] = /^\.\/dist\/([^/]+)\//.exec(module) ?? []
  return folder !== undefined && allowedFolders.includes(folder)
}

describe('the workflow bundle', () => {
  let bundle: string

  beforeAll(async () => {
    expect(await runTool('tsc', ['-b', 'workflows'])).toBe(0)
    await bundleWorkflows()
    bundle = await readFile(new URL('../dist/workflow-bundle.js', import.meta.url), 'utf8')
  })

  it('holds the workflows', () => {
    expect(modulesOf(bundle)).toContain('./dist/workflows/run.js')
  })

  it('holds nothing that does IO: no zod, no drizzle, no module of Node, no folder of ours but the pure ones', () => {
    expect(modulesOf(bundle).filter((module) => !isAllowed(module))).toEqual([])
  })

  it('stays small', () => {
    expect(bundle.length).toBeLessThan(sizeBudget)
  })

  it('names no path of the machine that built it', () => {
    const [, map] = /sourceMappingURL=data:application\/json;charset=utf-8;base64,([A-Za-z0-9+/=]+)/.exec(bundle) ?? []
    const { sources } = JSON.parse(Buffer.from(map ?? '', 'base64').toString()) as { sources: readonly string[] }
    expect(sources.length).toBeGreaterThan(50)
    expect(sources.filter((source) => source.startsWith('/'))).toEqual([])
  })
})
