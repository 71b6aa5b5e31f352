import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { projectRoot } from '../scripts/project-root.ts'
import { compileExamples, runExamples, writeExamples } from './docs/example-folder.ts'
import { type ExampleModule, exampleModules } from './docs/example-module.ts'

import { markdownPage, type MarkdownPage } from './docs/markdown-page.ts'
import { linkProblem, pageLinks } from './docs/page-links.ts'

const paths = [
  'README.md',
  ...(await readdir(join(projectRoot, 'docs'))).filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`),
]
const texts = new Map(await Promise.all(paths.map(async (path) => [path, await readFile(join(projectRoot, path), 'utf8')] as const)))
const pages = [...texts].map(([path, text]) => markdownPage(path, text))

/** A page on which everything is wrong that can be. It is not among the pages; it shows that each of these would be found. */
const brokenPage: MarkdownPage = markdownPage(
  'docs/broken.md',
  `# Broken

\`\`\`ts
import { asset, materialize } from 'assetry'

const one = asset({ key: 'one', materialize: () => 1 })
const result = await materialize([one])
result.outputFor(one) // → 2
asset({ key: 'fine', materialize: () => 1 }) // throws INVALID_ASSET_KEY
const wrong: string = result.outputFor(one)
console.log('three') // prints four
\`\`\`

\`\`\`ts no-run
import { asset } from 'assetry'
asset({ key: 'two', inputs: { one }, materialize: ({ two }) => two })
\`\`\`

\`\`\`ts alone
const rows = [[1], [2]] // → [
//   [1],
//   [3],
// ]
throw new Error('ends here')
\`\`\`
`,
)

let modules: readonly ExampleModule[]
let complaints: readonly string[]

beforeAll(async () => {
  modules = await writeExamples([...pages, brokenPage])
  complaints = await compileExamples()
})

const modulesOf = (page: MarkdownPage): readonly ExampleModule[] => modules.filter((module) => module.page === page.path)

describe('the examples of the pages', () => {
  it('compile as a user’s code would', () => {
    expect(complaints.filter((line) => !line.startsWith(brokenPage.path))).toEqual([])
  })

  for (const page of pages.filter(({ blocks }) => blocks.some(({ use }) => use === 'run'))) {
    it.concurrent(`of ${page.path} run and give what the page says`, async () => {
      for (const module of modulesOf(page)) if (module.run !== undefined) expect(await runExamples(module)).toBeUndefined()
    })
  }
})

describe('the pages', () => {
  it.each(paths)('%s has no link that leads nowhere', async (path) => {
    const links = pageLinks(path, texts.get(path) ?? '')
    const problems = await Promise.all(links.map(async (link) => [link.line, await linkProblem(link)] as const))
    expect(problems.flatMap(([line, problem]) => (problem === undefined ? [] : [`${path}:${line}: ${problem}`]))).toEqual([])
  })

  it('are all in the list of pages', () => {
    const index = 'docs/README.md'
    const listed = pageLinks(index, texts.get(index) ?? '').map(({ target }) => target)
    expect(paths.filter((path) => path !== index && !listed.includes(path))).toEqual([])
  })

  it('would show a link that leads nowhere', async () => {
    const links = pageLinks(
      'docs/x.md',
      '[a](assets.md#external-assets)\n[b](nowhere.md) [c](#here)\n```ts\n[d](no.md)\n```\n[e](assets.md#no-such)',
    )
    const problems = await Promise.all(links.map(linkProblem))
    expect(links.map(({ line }) => line)).toEqual([1, 2, 2, 6])
    expect(problems).toEqual([undefined, 'there is no docs/nowhere.md', 'there is no docs/x.md', 'docs/assets.md has no heading "no-such"'])
  })
})

describe('an example that is wrong', () => {
  it('is named with its page and line by the compiler', () => {
    const found = complaints.filter((line) => line.startsWith(brokenPage.path)).map((line) => /^\S+?:\d+/.exec(line)?.[0])
    expect(found).toEqual(['docs/broken.md:10', 'docs/broken.md:16'])
  })

  it('is named with its page and line when it gives something else', async () => {
    const [page, alone] = modulesOf(brokenPage)
    if (page === undefined || alone === undefined) throw new Error('the broken page has lost its examples')
    const output = await runExamples(page)
    expect(output).toContain('docs/broken.md:8: gives 1\nnot   2')
    expect(output).toContain('docs/broken.md:9: throws nothing\nnot    INVALID_ASSET_KEY')
    expect(output).toContain('docs/broken.md:11: prints three\nnot    four')
    const other = await runExamples(alone)
    expect(other).toContain('docs/broken.md:20: gives [ [ 1 ], [ 2 ] ]\nnot   [ [ 1 ], [ 3 ] ]')
    expect(other).toContain('docs/broken.md:24')
  })

  it('is refused where what it gives would not be looked at', () => {
    const reading = (text: string) => (): unknown => exampleModules(markdownPage('docs/x.md', text), '')
    const block = (code: string): string => `text\n\`\`\`ts\n${code}\n\`\`\`\n`
    expect(reading(block('function f() {\n  return 1 // → 1\n}'))).toThrow('docs/x.md:4: this comment stands behind no statement')
    expect(reading(block('const { a } = { a: 1 } // → 1'))).toThrow('docs/x.md:3: nothing can be said')
    expect(reading(block('const = 1'))).toThrow('docs/x.md:3: ')
    expect(reading('```ts norun\n```')).toThrow('docs/x.md:1: "norun" says nothing')
    expect(reading('```ts\nconst a = 1')).toThrow('docs/x.md:1: the block that begins here never ends')
  })
})
