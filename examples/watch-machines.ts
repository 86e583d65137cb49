// Prints every transition of the state machines: both sockets, and the feed machine above them. The XState
// inspector uses the same option.
//   KIS_APP_KEY=… KIS_APP_SECRET=… node --import tsx examples/watch-machines.ts
import { createFeed } from 'kis-stream'
import { connect, onInterrupt } from './connection.ts'

const { options, close } = await connect()
const feed = createFeed({
  ...options,
  instruments: ['KRX:005930', 'NAS:AAPL'],
  inspect: event => {
    if (event.type !== '@xstate.snapshot' || !('value' in event.snapshot)) return
    const { actorRef } = event
    const name = 'id' in actorRef ? actorRef.id : actorRef.sessionId
    console.log(name, event.event.type, '→', JSON.stringify(event.snapshot.value))
  },
})
feed.start()
onInterrupt(() => feed.stop().then(close))
