import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** What needs no process of its own. */
const parts = ['test/{kis,market,streams,simulator}/**/*.test.ts']
/** The command, as it is packed. */
const commands = ['test/cli/**/*.test.ts']
/** The dashboard in a browser. */
const pages = ['test/dashboard/{page,page-*,stately}.test.ts']
/** The package, as npm installs it. */
const packages = ['test/package/**/*.test.ts']
/** Whole days: most of the time that all tests take. */
const journeys = ['test/{scenarios,tools/chaos,dashboard}/**/*.test.ts']

/** Threads, servers, killed children, clients of others, recordings read again, every path of a machine. */
const slow = [
  'test/foreign/**/*.test.ts',
  'test/workers/**/{redis/*,*.redis}.test.ts',
  'test/sinks/{redis/*,file/*,shipped-sinks,queue/forgotten}.test.ts',
  'test/recording/{read/reader,write/killed,write/trouble}.test.ts',
  'test/app/{replay/*,jobs/*.redis,persistence/repair-killed}.test.ts',
  'test/machines/socket-{model,paths}.test.ts',
]
const named = [...parts, ...commands, ...pages, ...packages, ...journeys, ...slow]

export default defineConfig({
  // Threads start compiled. Examples import the package by its name, as a user would; tests that run them
  // mean the sources.
  resolve: {
    alias: [
      { find: /^.*\/system\/thread\.ts$/, replacement: source('./test/support/processes/thread.ts') },
      { find: /^kis-stream\/decode$/, replacement: source('./entries/decode.ts') },
      { find: /^kis-stream\/jobs$/, replacement: source('./entries/jobs.ts') },
      { find: /^kis-stream\/recording$/, replacement: source('./entries/recording.ts') },
      { find: /^kis-stream\/testing$/, replacement: source('./entries/testing.ts') },
      { find: /^kis-stream\/simulator$/, replacement: source('./entries/simulator.ts') },
      { find: /^kis-stream$/, replacement: source('./index.ts') },
    ],
  },
  test: {
    // One world for the files of a worker: to load every library anew for each file takes longer than most of
    // them. `ISOLATED=1` gives each file its own, which tells a fault from what another file left behind. (As
    // a variable, because each project's own settings come before flags.)
    isolate: process.env['ISOLATED'] === '1',
    // The folder for what several files share, as a compiled command: test/support/processes/once.ts.
    globalSetup: 'test/support/processes/run-folder.ts',
    projects: [
      { extends: true, test: { name: 'parts', include: parts } },
      { extends: true, test: { name: 'commands', include: commands } },
      { extends: true, test: { name: 'pages', include: pages } },
      { extends: true, test: { name: 'packages', include: packages } },
      { extends: true, test: { name: 'journeys', include: journeys, exclude: pages } },
      { extends: true, test: { name: 'slow', include: slow } },
      { extends: true, test: { name: 'the rest', include: ['test/**/*.test.ts'], exclude: named } },
    ],
    // Ends a test that hangs, and none that is slow: a machine may be busy with others, and no test waits for
    // time on purpose.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    // Most of a test is waiting for a socket or a process, so two cores can run four workers.
    maxWorkers: 4,
  },
})
