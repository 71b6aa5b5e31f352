import { createHash } from 'node:crypto'
import type { AnyAsset } from '../definitions/asset.ts'
import type { GraphNode } from '../definitions/graph-node.ts'
import type { Input } from '../definitions/input.ts'
import { inputJsonSchemaOf } from '../planning/config-snapshot.ts'

/** Hexadecimal digits of a derived version: 64 bits tell the states of one function's code apart. */
const digits = 16

const known = new WeakMap<AnyAsset, string>()

/**
 * The version of an asset's code: the one it declares, else a hash of the source of its function and of the options that
 * decide what the function gets. What the function calls is not part of it; nor is what it closes over.
 */
export function codeVersionOf(asset: AnyAsset): string {
  const version = asset.codeVersion ?? known.get(asset) ?? hashOf(asset)
  known.set(asset, version)
  return version
}

function hashOf(asset: AnyAsset): string {
  const inputs = Object.entries(asset.inputs).map(([name, input]) => [name, input.asset.key, ...mappingText(input)])
  const resources = Object.entries(asset.resources).map(([name, resource]) => [name, resource.name])
  const config = asset.config === undefined ? null : inputJsonSchemaOf(asset.config)
  const parts = [sourcesOf(asset), inputs.sort(byText), resources.sort(byText), config, asset.ioManager?.name ?? null]
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, digits)
}

/** Without a mapping nothing, so that the version of an asset that has none stays what it was before there were mappings. */
function mappingText({ options }: Input): readonly string[] {
  const mapping = options.partitionMapping?.spec
  if (mapping === undefined) return []
  return [mapping.kind === 'function' ? String(mapping.upstream) : JSON.stringify(mapping)]
}

function sourcesOf({ origin }: AnyAsset): unknown {
  switch (origin.kind) {
    case 'function':
      return String(origin.run)
    case 'multi-asset':
      return [origin.output, String(origin.step.materialize)]
    case 'graph':
      return origin.graph.nodes.map(nodeSource)
    case 'observable':
      return String(origin.observe)
    case 'external':
      return null
  }
}

function nodeSource({ path, op, inputs, after, over }: GraphNode): unknown {
  return [path, op.codeVersion ?? op.source, inputs, after, over]
}

function byText(one: readonly (string | undefined)[], other: readonly (string | undefined)[]): number {
  return String(one[0]) < String(other[0]) ? -1 : 1
}
