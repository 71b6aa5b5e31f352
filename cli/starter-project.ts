import { packageVersion } from './package-root.ts'

/** The files of a small project to begin with, by name. */
export function starterProject(name: string): Readonly<Record<string, string>> {
  return {
    'package.json': `${JSON.stringify(packageFile(name), null, 2)}\n`,
    'definitions.ts': definitionsText,
    'tsconfig.json': `${JSON.stringify(compilerSettings, null, 2)}\n`,
    '.gitignore': 'node_modules/\n.assetry/\n.env\n',
    'README.md': readmeText(name),
  }
}

function packageFile(name: string): object {
  return {
    name,
    private: true,
    type: 'module',
    scripts: {
      dev: 'assetry dev',
      materialize: 'assetry asset materialize --select "*"',
      validate: 'tsc && assetry definitions validate',
    },
    dependencies: { assetry: `^${packageVersion()}` },
    devDependencies: { '@types/node': '^20.19.0', typescript: '>=5.9' },
    assetry: { definitions: 'definitions.ts' },
  }
}

const compilerSettings = {
  compilerOptions: {
    target: 'ES2023',
    lib: ['ES2023'],
    types: ['node'],
    module: 'NodeNext',
    moduleResolution: 'NodeNext',
    strict: true,
    noUncheckedIndexedAccess: true,
    allowImportingTsExtensions: true,
    noEmit: true,
    skipLibCheck: true,
  },
  include: ['**/*.ts'],
}

const definitionsText = `import { asset, assetJob, definitions, output } from 'assetry'

interface Score {
  name: string
  score: number
}

export const rawData = asset({
  key: 'raw_data',
  description: 'The scores as they came in.',
  materialize: (): Score[] => [
    { name: 'Alice', score: 92 },
    { name: 'Bob', score: 78 },
    { name: 'Carol', score: 85 },
  ],
})

export const highScorers = asset({
  key: 'high_scorers',
  group: 'reports',
  description: 'Who scored more than 80.',
  inputs: { rawData },
  materialize: ({ rawData }, { log }) => {
    const rows = rawData.filter((row) => row.score > 80)
    log.info(\`\${rows.length} of \${rawData.length} scored more than 80\`)
    return output(rows, { metadata: { rows: rows.length, best: Math.max(...rows.map((row) => row.score)) } })
  },
})

export const reportsJob = assetJob({ name: 'reports_job', selection: '+group:reports' })

export default definitions({ assets: [rawData, highScorers], jobs: [reportsJob] })
`

function readmeText(name: string): string {
  return `# ${name}

Data assets on [Assetry](https://www.npmjs.com/package/assetry): declared in \`definitions.ts\`, made durably, their history kept.

\`\`\`sh
npm install
npm run dev                                        # serves the project on http://127.0.0.1:3000, reloads on save
npx assetry asset materialize --select '*'         # makes every asset; works without a server too
npx assetry job execute -j reports_job
npx assetry asset list
npx assetry definitions validate
\`\`\`

What is kept lies in \`.assetry/\`: the values in \`.assetry/storage\`, the history beside them. Settings may stand in \`.env\`.
`
}
