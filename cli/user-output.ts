/**
 * Runs something that calls user code, and sends to stderr what that code writes to stdout meanwhile, `console.log`
 * included: stdout is for data, which may be one JSON document.
 */
export async function withUserOutputOnStderr<TResult>(run: () => Promise<TResult>): Promise<TResult> {
  const { stdout, stderr } = process
  const write = stdout.write.bind(stdout)
  stdout.write = stderr.write.bind(stderr)
  try {
    return await run()
  } finally {
    stdout.write = write
  }
}
