import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join, normalize } from 'node:path'
import { projectRoot } from '../../scripts/project-root.ts'

/** A link of a page to something in the repository. */
export interface PageLink {
  readonly line: number
  /** Path in the repository. */
  readonly target: string
  /** The heading that it means, as GitHub writes it in a link. */
  readonly heading: string | undefined
}

/** The links of a page that don't lead out of the repository. */
export function pageLinks(path: string, text: string): readonly PageLink[] {
  return withoutCode(text).flatMap((line, index) =>
    [...line.matchAll(/\]\(([^()\s]+)\)/g)].flatMap(([, link = '']) => {
      if (/^[a-z]+:/.test(link)) return []
      const [file = '', heading] = link.split('#')
      return [{ line: index + 1, target: file === '' ? path : normalize(join(dirname(path), file)), heading }]
    }),
  )
}

/** What is wrong with a link; undefined where it leads somewhere. */
export async function linkProblem({ target, heading }: PageLink): Promise<string | undefined> {
  const place = join(projectRoot, target)
  if (!existsSync(place)) return `there is no ${target}`
  if (heading === undefined) return undefined
  const headings = withoutCode(await readFile(place, 'utf8')).flatMap((line) => /^#+ (.+)$/.exec(line)?.[1] ?? [])
  return headings.map(slug).includes(heading) ? undefined : `${target} has no heading "${heading}"`
}

/** The lines of a page, those of code empty. */
function withoutCode(text: string): readonly string[] {
  let fence: string | undefined
  return text.split('\n').map((line) => {
    const found = /^`{3,}/.exec(line)?.[0]
    if (fence === undefined && found === undefined) return line
    if (fence === undefined) fence = found
    else if (line === fence) fence = undefined
    return ''
  })
}

function slug(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{Letter}\p{Number}_ -]/gu, '')
    .replaceAll(' ', '-')
}
