import { defineConfig } from 'vitest/config'

const notOurs = ['**/node_modules/**', '**/dist/**', '**/.assetry/**', '**/.docs/**']

export default defineConfig({
  test: {
    // Two cores are the machine the whole suite is timed on; more workers would only make servers wait for each other.
    maxWorkers: 2,
    teardownTimeout: 60_000,
    projects: [
      {
        test: {
          name: 'unit',
          include: ['**/*.test.ts'],
          exclude: [...notOurs, 'tests/**'],
          testTimeout: 20_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'types',
          include: [],
          typecheck: {
            enabled: true,
            only: true,
            include: ['**/*.test-d.ts'],
            exclude: notOurs,
            tsconfig: 'tsconfig.tests.json',
            ignoreSourceErrors: true,
          },
        },
      },
      {
        test: {
          name: 'package',
          include: ['tests/*.test.ts'],
          exclude: notOurs,
          testTimeout: 300_000,
          hookTimeout: 300_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'integration',
          include: ['tests/*/**/*.test.ts'],
          exclude: notOurs,
          globalSetup: ['tests/global-setup.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
