/** Writes one JSON document to stdout: indented for a reader, on one line for a program. */
export function writeJson(document: unknown): void {
  process.stdout.write(`${JSON.stringify(document, null, process.stdout.isTTY ? 2 : 0)}\n`)
}
