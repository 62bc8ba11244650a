import type { Standing } from './standing.ts';

const day = (iso: string): string => `${new Date(iso).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

/** How the switch stands, a line a sentence; `policy`: the one that is asked about, if any. */
export const standingInWords = (standing: Standing, policy?: { readonly hash: string; readonly file: string }): readonly string[] => {
  const { armed, stopped, unread, isHistory } = standing;
  const lines: string[] = [];
  if (stopped) {
    lines.push(`Stopped by ${stopped.by} at ${day(stopped.at)}: ${stopped.why}`);
    lines.push('No money moves. Problems are found and messages sent as before; what would move money is held until it is armed.');
  } else if (armed) {
    lines.push(`Armed by ${armed.by} at ${day(armed.at)}: ${armed.why}`);
    lines.push(`Money moves under policy ${armed.policy.slice(0, 12)}, and no other.`);
    if (policy && policy.hash !== armed.policy)
      lines.push(`${policy.file} is another policy (${policy.hash.slice(0, 12)}): processes that run with it move no money.`);
  } else lines.push('Never armed. No money moves until `amends arm` says under which policy it may.');
  if (unread.length > 0)
    lines.push(
      `But a record on the topic can't be read (${unread.join(', ')}): all money is held until a good one comes under the same key.`,
    );
  if (isHistory)
    lines.push('The topic holds published history, where the switch is part of the history: `amends run --time records` goes by that, not by now.'); // prettier-ignore
  return lines;
};
