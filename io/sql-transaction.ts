/** Runs work between `begin` and `commit` of one connection, which `run` is given; what it throws undoes all of it. */
export async function inTransaction<TResult>(run: (sql: string) => Promise<unknown>, work: () => Promise<TResult>): Promise<TResult> {
  await run('begin')
  try {
    const result = await work()
    await run('commit')
    return result
  } catch (error) {
    await run('rollback').catch(() => undefined)
    throw error
  }
}
