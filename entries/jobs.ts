// `kis-stream/jobs`: the jobs without a feed, for a process that only works on them or puts them in.
export {
  type JobEnd,
  type Jobs,
  type JobsOptions,
  openJobs,
  type Payloads,
  type QueueName,
  type Results,
} from '../app/jobs/open-jobs.ts'
export { SettingsError } from '../app/settings/settings.ts'
