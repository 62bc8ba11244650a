import type { PlantedBug } from './planted-bug.ts';

const task = 'src/engine/stage-task.ts';
const live = 'src/engine/live-mode.ts';
const records = 'src/engine/records-mode.ts';

/** Every mistake that the simulation is known to find, with seeds that find it. */
export const plantedBugs: readonly PlantedBug[] = [
  {
    name: 'the overlay is applied before the commit',
    edits: [
      {
        file: task,
        from: 'const outcome = await writer.commit(',
        to: 'batch.overlay.commit(this.#store.appliedOffset);\n    const outcome = await writer.commit(',
      },
    ],
    foundBy: { seeds: [11, 18] },
    says: /false|missing|twice/,
  },
  {
    name: 'positions are taken from group offsets',
    edits: [
      {
        file: 'src/engine/open-sources.ts',
        from: 'const known = checkpoint?.inputs[`${topic}/${each}`];',
        to: "const known = globalThis.groupOffsets?.get(`${described('amends.progress').id} ${stage.name}/${partition} ${topic}/${each}`);",
      },
      {
        file: task,
        from: 'const consumed = consumedOf(moved);',
        to: "const consumed = consumedOf(moved);\n    globalThis.groupOffsets ??= new Map();\n    for (const [name, input] of Object.entries(checkpoint.inputs)) globalThis.groupOffsets.set(`${this.#topics.get('amends.progress').id} ${this.id.stage}/${this.id.partition} ${name}`, { next: input[0] ?? input.next, last: input[1] ?? input.last });",
      },
    ],
    foundBy: { seeds: [6, 5, 2] },
    says: /missing|twice/,
  },
  {
    name: 'timers fire by wall clock',
    edits: [
      {
        file: live,
        from: 'if (!row || row.wakeAt >= this.clock) return;',
        to: 'if (!row || row.wakeAt >= this.#parts.hostClock.now()) return;',
      },
      {
        file: live,
        from: 'dispatch.wake(batch, row, this.clock, gapBefore);',
        to: 'dispatch.wake(batch, row, this.#parts.hostClock.now(), gapBefore);',
      },
    ],
    foundBy: { seeds: [4, 2] },
    says: /an absence that the log disproves/,
  },
  {
    name: "care's clock runs without the progress of the stages before",
    edits: [{ file: live, from: 'board.leastClock(upstream), board', to: 'Infinity, board' }],
    foundBy: { seeds: [14, 12, 37, 61] },
    says: /an absence that the log disproves/,
  },
  {
    name: 'a commit of timers alone whose answer is lost is taken as failed',
    edits: [
      {
        file: task,
        from: "const outcome = await writer.commit(records, batch.guarded > 0 && mode === 'live' ? permit : undefined);",
        to: "let outcome = await writer.commit(records, batch.guarded > 0 && mode === 'live' ? permit : undefined);\n    if (outcome.outcome === 'unknown' && moved.length === 0) outcome = await (await log.write(transactionalIdOf(this.#process.application, this.id.stage, this.id.partition), this.#abort.signal)).commit(records, batch.guarded > 0 ? permit : undefined);",
      },
    ],
    foundBy: { seeds: [5, 8] },
    says: /twice/,
  },
  {
    name: 'records of stages before are held in a bounded buffer',
    edits: [
      {
        file: records,
        from: 'for (let record = source.head(); record && batch.folded < limit; record = source.head()) {',
        to: "for (let record = source.head(); record && batch.folded < limit && [...batch.under(waitingTable, '', '', 3)].length < 3; record = source.head()) {",
      },
    ],
    foundBy: { seeds: [1, 5] },
    says: /care\/\d+ is running/,
  },
  {
    name: 'a new sample is taken before the last is passed',
    edits: [{ file: live, from: 'if (this.#sample) return;', to: '' }],
    foundBy: { tests: 'test/simulation/planted/busy-writers.test.ts' },
    says: /clocks move while writers/,
  },
  {
    name: 'records come always before timers',
    edits: [
      { file: records, from: 'return next && next.time <= time ? next : { kind, time, row };', to: 'return next ?? { kind, time, row };' },
    ],
    foundBy: { seeds: [1, 5] },
    says: /^issue missing/,
  },
  {
    name: "settle is counted from the task's clock",
    edits: [
      {
        file: 'src/care/stage.ts',
        from: 'foldIssue(before, issue, at, policy)',
        to: 'foldIssue(before, issue, { ...at, time: task.now }, policy)',
      },
    ],
    foundBy: { seeds: [2, 4] },
    says: /^(command|decision) false/,
  },
  {
    name: 'a coordinator out of reach is taken as a lost task',
    edits: [{ file: task, from: 'await this.#process.confirm(this.id)', to: 'await this.#process.confirm(this.id).catch(() => false)' }],
    foundBy: { tests: 'test/engine/faults.test.ts' },
    says: /leaves no task without an owner/,
  },
  {
    name: 'a transaction is committed after a failed produce',
    edits: [
      {
        file: 'src/log/memory/memory-writer.ts',
        from: 'this.#transactions.append(this.#id, this.#epoch, { topic, partition }, records),\n        );',
        to: 'this.#transactions.append(this.#id, this.#epoch, { topic, partition }, records),\n        ).catch((error) => { if (error instanceof Refused) return 0; throw error; });',
      },
    ],
    foundBy: { tests: 'test/conformance/memory.test.ts' },
    says: /./,
  },
  {
    name: 'a producer partitions by CRC32',
    edits: [
      {
        file: 'src/world/world-record.ts',
        from: 'const right = partitionOf(key, partitions);',
        to: 'const right = crc32(key) % partitions;',
      },
      {
        file: 'src/world/world-record.ts',
        from: "import { partitionOf } from '../values/murmur2.ts';",
        to: "import { crc32 } from 'node:zlib';",
      },
    ],
    foundBy: { seeds: [2, 4] },
    says: /AMENDS_KEY_MISPLACED/,
    neverSays: /false|twice/,
  },
  {
    name: 'an empty switch is taken as "go"',
    edits: [
      {
        file: 'src/care/controls/switch.ts',
        from: "return { armed: false, saw: stopped === undefined ? 'nobody has armed it'",
        to: "return { armed: stopped === undefined, saw: stopped === undefined ? 'nobody has armed it'",
      },
    ],
    foundBy: { seeds: [2, 9, 16, 5] },
    says: /^(decision|command) (missing|false)/,
  },
  {
    name: 'an episode is counted and not derived',
    edits: [
      {
        file: 'src/detection/track.ts',
        from: 'issueIdOf(detector, key, finding.armedBy)',
        to: 'issueIdOf(detector, key, `${finding.armedBy} ${revision}`)',
      },
    ],
    foundBy: { seeds: [1, 2] },
    says: /^id not derived/,
  },
  {
    name: "an order's cap is kept by the process",
    edits: [
      {
        file: 'src/care/wake-case.ts',
        from: '    ledger: (order === undefined ? undefined : task.get(orders, orderKey(customer, order))) ?? { ...emptyLedger, keptSince: task.now },',
        to: '    ledger: order === undefined ? emptyLedger : { ...(task.get(orders, orderKey(customer, order)) ?? { ...emptyLedger, keptSince: task.now }), ours: (globalThis.ours ??= new Map()).get(order) ?? {} },',
      },
      {
        file: 'src/care/wake-case.ts',
        from: '  if (situation.order !== undefined && verdict.ledger !== situation.ledger)',
        to: '  if (situation.order !== undefined) (globalThis.ours ??= new Map()).set(situation.order, verdict.ledger.ours);\n  if (situation.order !== undefined && verdict.ledger !== situation.ledger)',
      },
      {
        file: task,
        from: "this.#become('restoring', 'claimed');",
        to: "this.#become('restoring', 'claimed');\n      if (this.id.stage === 'care') globalThis.ours = new Map();",
      },
    ],
    foundBy: { seeds: [1, 5] },
    says: /^cap exceeded/,
  },
];
