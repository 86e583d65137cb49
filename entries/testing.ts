// `kis-stream/testing`: for the tests of a strategy or a sink. Events without a feed, and the rules that
// every sink keeps.
export {
  checkSink,
  ContractError,
  type ContractRule,
  type MakeSink,
  sinkContract,
  type SinkUnderTest,
} from '../sinks/contract.ts'
export { testEvents, type TestEventOptions, type TestEvents } from './test-events.ts'
