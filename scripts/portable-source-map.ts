import { projectRoot } from './project-root.ts'

/** The parts of a source map that are rewritten. */
interface SourceMap {
  readonly sources: readonly string[]
  readonly sourcesContent?: readonly string[]
}

const inlineMap = /(\/\/# sourceMappingURL=data:application\/json;charset=utf-8;base64,)([A-Za-z0-9+/=]+)/

/**
 * Rewrites the inline source map of a bundle so that it says the same on every machine: paths from the project's folder
 * instead of the disk's root, and without the sources' text, which is a third of the bundle and which no worker reads.
 */
export function withPortableSourceMap(code: string): string {
  return code.replace(inlineMap, (_all, start: string, encoded: string) => start + encode(portable(decode(encoded))))
}

function portable({ sourcesContent: _left, ...map }: SourceMap): SourceMap {
  return { ...map, sources: map.sources.map((source) => source.replace(projectRoot, '')) }
}

function decode(encoded: string): SourceMap {
  return JSON.parse(Buffer.from(encoded, 'base64').toString()) as SourceMap
}

function encode(map: SourceMap): string {
  return Buffer.from(JSON.stringify(map)).toString('base64')
}
