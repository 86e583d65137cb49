// The document about the simulator, docs/simulator.md: its reads and its faults come from lists of the code,
// so the page stays current.
import type { Field } from './faults/fields.ts'
import { faultKinds, fieldsOf, forms } from './faults/form.ts'
import { quotationPaths, readNames } from './rest/quotations.ts'

export function simulatorPage(): string {
  return `# The simulator

Made from [simulator/simulator-page.ts](../simulator/simulator-page.ts) by \`npm run generate\`; a test fails when it is stale.

\`kis-stream simulate\` is KIS on loopback: REST and WebSocket on one port, \`http://127.0.0.1:18800\` and \`ws://127.0.0.1:18800\`. Any KIS client
works with it when its two addresses are changed; any app key and secret will do. It takes no orders and holds no money.

- **Generated market** (the default): every symbol that is spelled as its venue spells it exists and trades at any hour, on weekends and
  holidays too. The same seed gives the same data. A share goes on trading without a subscriber, from the first request for it.
- **Capture** (\`--tape FILE\`) and **recording** (\`--recording DIR --date 2026-11-20\`): what was sent, byte for byte. REST knows what the tape has
  emitted so far, and nothing of the days before.

## REST

| path | tr_id | call |
| --- | --- | --- |
${readRows().join('\n')}

Besides these \`POST /oauth2/tokenP\`, \`/oauth2/revokeP\` and \`/oauth2/Approval\`. Keys and their order are those of
[simulator/spec/rest-reads.json](../simulator/spec/rest-reads.json); every value is text.

- **Values agree with the stream.** Price, change, open, high, low, volumes and book are columns of the record that a subscriber would be sent
  now. Shares, earnings and investors come from the seed; member firms are those of KIS's example. Days before the generated market began are made up, the same ones
  in every call: about four years of them, and on Nextrade from its first day on.
- **A symbol that does not exist** is success with nothing in it: a price of \`0\` for Korean symbols, empty texts for overseas ones, no rows. A search answers \`rt_cd\` 7.
- **A missing or wrong parameter** is \`rt_cd\` 2 with OPSQ2001 and its name.
- **Pages**: \`tr_cont\` is \`M\` or \`D\` on the calls that have pages, and empty on the others.
- **The balance** is that of an empty account. \`INQR_DVSN=02\`, which KIS refuses since 2026-02-10, is taken.
- **Orders** (every POST below \`/trading/\`) are refused in KIS's envelope: \`rt_cd\` 1 with OPSQ0002.
- **Limits** are KIS's: 18 calls a second for an app key (EGW00201), one token a minute.
- **An unknown path** is answered in KIS's envelope with the list of those that exist, and named in the log.

## Account notices

A client that registered notices (\`H0STCNI0\`, \`H0GSCNI0\` and the others) is sent one by a call, in any language, or every so often by
\`--notices every=5s\`:

\`\`\`sh
curl -d '{"tr":"H0STCNI0","symbol":"005930","price":271500,"volume":10,"side":"buy"}' http://127.0.0.1:18800/simulator/notices
\`\`\`

An order is accepted and filled in one or two parts. \`plaintext\` instead of the fields is sent as it is. The answer says to how many sessions.

## Several app keys

Each app key has its session, its registrations and its limits. App keys are numbered in the order they come; logs, statistics and reports name
them by their number, \`#1\`, and never show a key.

- **Slots**: 41 for the session of each app key, over all products. \`startSimulator({ slots, slotsOf })\` gives another number for all, or for one.
- **Faults of one key**: \`"appKey"\` has the key itself or its number, as in \`--fault cut:appKey=#2@30s\`. For such a fault a session opens with its first valid
  request: only then its app key is known.
- **A session that lingers**: \`--fault ghosts:1ms,occupiedMs=45s,occupiedUpToMs=90s,appKey=#2\` keeps that key in use for so long after its connection was lost, and newcomers
  get OPSP8996. Without it a key is free at once. Several such faults give each key a time of its own.
- **Trades cut differently**: \`startSimulator({ differentCuts: true })\` sends the sessions of all app keys but the first the same trades in other records: two executions in one, one
  in two, two of the same second in the other order. The day's totals are right at the end of each record, and the same seed gives the same records.
- **Statistics**: \`appKeys\` has the sessions, requests and calls of each, and every request has its key. \`simulator.truth(tr, key, session)\` has what was emitted for one session.

## Control

On loopback, and only by \`127.0.0.1\` or \`localhost\`:

| call | does |
| --- | --- |
| \`POST /simulator/faults\` | begins a fault: its \`kind\` and fields as JSON |
| \`GET /simulator/faults\` | all faults so far, and what they did |
| \`DELETE /simulator/faults/ID\` | ends one |
| \`GET /simulator/withheld\` | every record that was kept from a session |
| \`GET /simulator/stats\` | what was counted |
| \`POST /simulator/notices\` | sends an account notice |

## Faults

From the command line as in the example, with \`@TIME\` behind it for when it begins and \`+TIME\` for how long it lasts
(\`--fault mute-symbol:005930@1m+30s\`); as JSON by their kind and fields
(\`{"kind":"mute-symbol","key":"005930","forMs":30000}\`). Fields in bold are needed; of several joined by "or", one.

${faultKinds.map(faultText).join('\n\n')}
`
}

function readRows(): string[] {
  return quotationPaths.map(path => {
    const { name, trs } = readNames[path] ?? { name: '', trs: [] }
    return `| \`${path}\` | ${trs.map(tr => `\`${tr}\``).join(' ')} | ${name} |`
  })
}

function faultText(kind: (typeof faultKinds)[number]): string {
  const { does, example } = forms[kind]
  const needs: readonly (readonly string[])[] = forms[kind].needs
  const fields = Object.entries(fieldsOf(kind))
  const head = `### ${kind}\n\n${does[0]?.toUpperCase()}${does.slice(1)}. \`--fault ${example}\``
  if (fields.length === 0) return `${head}\n\nIt has no fields.`
  const rows = fields.map(([name, field]) => fieldRow(name, field, needs))
  return [head, '', '| field | in JSON | on the command line |', '| --- | --- | --- |', ...rows].join('\n')
}

function fieldRow(name: string, { expected, written }: Field, needs: readonly (readonly string[])[]): string {
  const alternatives = needs.find(need => need.includes(name))?.filter(other => other !== name)
  const shown =
    alternatives === undefined
      ? `\`${name}\``
      : `**\`${name}\`**${alternatives.map(other => ` or \`${other}\``).join('')}`
  return `| ${shown} | ${cell(expected)} | ${cell(written)} |`
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}
