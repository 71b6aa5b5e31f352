import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { type RequestListener, type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { CliProgress, CliSearch } from './cli-source.ts'
import { archiveQuery, downloadCliFrom } from './download-cli.ts'
import { installCli, prepareCache } from './install-cli.ts'

const versionScript = '#!/bin/sh\necho "temporal version 1.5.1 (Server 1.29.1, UI 2.42.1)"\n'

let folder: string
let server: Server
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'assetry-download-'))
})
afterEach(() => {
  server?.close()
  server?.closeAllConnections()
  rmSync(folder, { recursive: true, force: true })
})

async function serve(listener: RequestListener): Promise<string> {
  server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/cli/`
}

function search(progress: CliProgress[] = []): CliSearch {
  return { environment: process.env, onProgress: (step) => progress.push(step), signal: new AbortController().signal }
}

/** A server as Temporal's: a question for the version is answered with the archive's address. */
async function serveArchive(archive: Buffer): Promise<string> {
  return serve((request, response) => {
    const archiveUrl = `http://${request.headers.host}/archive.tar.gz`
    if (request.url === '/archive.tar.gz') response.setHeader('content-length', archive.length).end(archive)
    else if (request.url?.startsWith('/cli/v1.5.1?') === true) response.end(JSON.stringify({ archiveUrl, fileToExtract: 'temporal' }))
    else response.writeHead(404).end()
  })
}

function archiveOf(script: string): Buffer {
  const from = mkdtempSync(join(folder, 'archive-'))
  writeFileSync(join(from, 'temporal'), script)
  chmodSync(join(from, 'temporal'), 0o755)
  execFileSync('tar', ['-czf', join(from, 'archive.tar.gz'), '-C', from, 'temporal'])
  return readFileSync(join(from, 'archive.tar.gz'))
}

describe('the download of the CLI', () => {
  test('asks for the archive of this machine', () => {
    expect(archiveQuery('https://temporal.download/cli/', 'linux', 'x64').href).toBe(
      'https://temporal.download/cli/v1.5.1?arch=amd64&platform=linux&format=tar.gz',
    )
    expect(archiveQuery('https://temporal.download/cli/', 'darwin', 'arm64').search).toBe('?arch=arm64&platform=darwin&format=tar.gz')
  })

  test('is unpacked, started once and then put in its place, and says what it does', async () => {
    const address = await serveArchive(archiveOf(versionScript))
    const progress: CliProgress[] = []
    const target = join(folder, 'temporal')
    const version = await installCli(target, (into, how) => downloadCliFrom(address, into, how), search(progress))
    expect(version).toBe('1.29.1')
    expect(readFileSync(target, 'utf8')).toBe(versionScript)
    expect(readdirSync(folder).filter((name) => name.startsWith('.installing-'))).toEqual([])
    expect(progress[0]).toMatchObject({ stage: 'download', message: 'Downloading the Temporal CLI 1.5.1, once' })
  })

  test('leaves nothing where what came does not run', async () => {
    const address = await serveArchive(archiveOf('#!/bin/sh\nexit 3\n'))
    const target = join(folder, 'temporal')
    const installing = installCli(target, (into, how) => downloadCliFrom(address, into, how), search())
    await expect(installing).rejects.toThrow('`--version` failed')
    expect(existsSync(target)).toBe(false)
  })

  test('fails with the reason where the archive is cut short', async () => {
    const archive = archiveOf(versionScript)
    const address = await serve((request, response) => {
      const archiveUrl = `http://${request.headers.host}/archive.tar.gz`
      if (request.url !== '/archive.tar.gz') return void response.end(JSON.stringify({ archiveUrl, fileToExtract: 'temporal' }))
      response.setHeader('content-length', archive.length)
      response.write(archive.subarray(0, 40), () => response.destroy())
    })
    await expect(downloadCliFrom(address, folder, search())).rejects.toThrow('the download broke off')
  })

  test('fails with the address where the server refuses, and with the system’s word where there is none', async () => {
    const address = await serve((_request, response) => response.writeHead(503).end())
    await expect(downloadCliFrom(address, folder, search())).rejects.toThrow(/cli\/v1\.5\.1.* answered 503/)
    server.close()
    server.closeAllConnections()
    await expect(downloadCliFrom(address, folder, search())).rejects.toThrow('ECONNREFUSED')
  })

  test.each([
    ['ftp://127.0.0.1/archive.tar.gz', 'temporal'],
    ['http://127.0.0.1/archive.tar.gz', '../temporal'],
  ])('does not follow an answer of %s with %s', async (archiveUrl, fileToExtract) => {
    const address = await serve((_request, response) => response.end(JSON.stringify({ archiveUrl, fileToExtract })))
    await expect(downloadCliFrom(address, folder, search())).rejects.toThrow('not to be trusted')
  })

  test('finds the cache without what a killed install left', async () => {
    mkdtempSync(join(folder, '.installing-'))
    writeFileSync(join(folder, 'temporal'), versionScript)
    await prepareCache(folder)
    expect(readdirSync(folder)).toEqual(['temporal'])
  })
})
