import { fileURLToPath } from 'node:url'

/** The project's folder; every script works from here, wherever it was started. */
export const projectRoot = fileURLToPath(new URL('..', import.meta.url))
