// A process that looks after a data folder's own Redis once more after it let go of it, as one does that is
// just closing its connections.
import { once } from 'node:events'
import { connect } from 'node:net'
import { systemClock } from '../../../market/clock.ts'
import { findServerProgram, joinPrivateServer } from '../../../workers/redis/private-server.ts'

const program = (await findServerProgram()) as string // the test is skipped where there is none
const server = await joinPrivateServer({ folder: process.argv[2] as string, program, clock: systemClock })
await server.leave()
while (await isThere()) await new Promise(resolve => setImmediate(resolve))
await server.revive()
process.stdout.write((await isThere()) ? 'started again' : 'let go')

async function isThere(): Promise<boolean> {
  const socket = connect(server.path)
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
