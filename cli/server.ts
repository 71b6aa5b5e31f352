import { realpathSync } from 'node:fs'
import { type Client, createClient } from '../client/index.ts'
import { AssetryError } from '../definitions/errors.ts'
import { apiToken } from './api-token.ts'
import { nearestPackageFolder } from './package-root.ts'
import { loadEnvironment, openProject, type Project } from './project.ts'
import { findRunningStack } from './stack/running-stack.ts'
import { shownPath } from './source-location.ts'

/** A server that a command talks to. */
export interface Server {
  readonly url: string
  readonly client: Client
}

/** What says which project, and so which server, is meant. */
export interface ServerSearch {
  /** The definitions file, as `-f` gives it. */
  readonly file?: string
}

/** The server at `ASSETRY_URL`, which may stand in the `.env` of the current package too. */
export function serverOfEnvironment(): Server | undefined {
  loadEnvironment(nearestPackageFolder(process.cwd()) ?? process.cwd())
  const url = process.env.ASSETRY_URL
  return url === undefined || url === '' ? undefined : serverAt(url, apiToken())
}

/**
 * The server to use for a project: the one at `ASSETRY_URL`, else the project's running `assetry dev`.
 *
 * @throws `USAGE` where `-f` names another file than the one that `dev` serves
 */
export async function serverOfProject(project: Project, { file }: ServerSearch = {}): Promise<Server | undefined> {
  const url = process.env.ASSETRY_URL
  if (url !== undefined && url !== '') return serverAt(url, apiToken())
  const running = await findRunningStack(project.home)
  if (running === undefined) return undefined
  const { definitionsFile: served } = running
  if (file !== undefined && served !== undefined && served !== realpathSync(project.definitionsFile)) {
    throw servesAnother(project, served, running.url)
  }
  return serverAt(running.url)
}

/** Else a command that names one file would run what stands in another. */
function servesAnother({ definitionsFile: asked }: Project, served: string, url: string): AssetryError {
  return new AssetryError(
    'USAGE',
    `-f names ${shownPath(asked)}, but the server of this project, ${url}, serves ${shownPath(served)}. ` +
      `Leave -f away to use what it serves, or end it and start "assetry dev -f ${shownPath(asked)}".`,
    { facts: { asked, served, url } },
  )
}

/**
 * The server for a command that only works with one.
 *
 * @throws `SERVER_UNREACHABLE` where none runs, `DEFINITIONS_FILE_MISSING` where there is no project either
 */
export async function requiredServer(search: ServerSearch): Promise<Server> {
  const named = serverOfEnvironment()
  if (named !== undefined) return named
  const project = openProject(search)
  const server = await serverOfProject(project)
  if (server !== undefined) return server
  throw new AssetryError(
    'SERVER_UNREACHABLE',
    `No server runs for the project in ${shownPath(project.folder)}. Start one with "assetry dev", or set ASSETRY_URL to the address of one.`,
    { facts: { home: project.home } },
  )
}

/** @param token - only for an address that somebody named: a server that was found asks for none */
function serverAt(url: string, token?: string): Server {
  return { url: url.replace(/\/+$/, ''), client: createClient({ baseUrl: url, ...(token !== undefined && { token }) }) }
}
