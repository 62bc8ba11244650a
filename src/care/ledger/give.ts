import type { Component } from '../../topics/parts.ts';
import type { CommandId } from '../../values/ids.ts';
import type { OrderLedger } from './order-ledger.ts';

/** The books once a command of ours gives these components for a part; `replaces`: as goods, so the lines count as replaced. */
export const give = (
  ledger: OrderLedger,
  command: CommandId,
  part: string,
  components: readonly Component[],
  replaces: boolean,
): OrderLedger => {
  const executed = ledger.ours[command]?.executed ?? [];
  const lines = replaces ? components.flatMap(({ line }) => line ?? []) : [];
  return {
    ...ledger,
    ours: { ...ledger.ours, [command]: { part, ordered: components, executed } },
    replaced: [...new Set([...ledger.replaced, ...lines])].sort(),
  };
};
