import type { Log } from '../../engine/log.ts';
import { AmendsError } from '../../happenings/errors.ts';
import type { Clock } from '../../values/time.ts';
import { readPolicyFile } from '../read-policy-file.ts';
import type { Standing } from '../switch/standing.ts';
import { readStanding } from '../switch/standing.ts';
import type { Finding } from './finding.ts';
import { ok, warning, wrong } from './finding.ts';

const about = 'switch';

/** What the switch says of money under the policy of `file`, whose hash is `hash` (undefined: it can't be read). */
export const switchFinding = ({ armed, stopped, unread }: Standing, file: string, hash: string | undefined): Finding => {
  const armIt = `amends arm --policy ${file} --by NAME --why TEXT`;
  if (unread.length > 0)
    return wrong(
      about,
      `A record on its topic can't be read (${unread.join(', ')}): all money is held.`,
      'Turn the switch anew: amends stop, then amends arm.',
    );
  if (stopped) return warning(about, `${stopped.by} has stopped all money: ${stopped.why}`, `When the cause is gone: ${armIt}`);
  if (!armed) return warning(about, 'Nobody has armed it: no money moves.', armIt);
  if (hash !== undefined && armed.policy !== hash)
    return warning(
      about,
      `${armed.by} has armed policy ${armed.policy.slice(0, 12)}, and ${file} is ${hash.slice(0, 12)}: processes with this one move no money.`,
      armIt,
    );
  return ok(
    about,
    `${armed.by} has armed policy ${armed.policy.slice(0, 12)}${hash === undefined ? '' : `, which is ${file}`}: money moves.`,
  );
};

/** The policy of the settings, and the switch. */
export const policyAndSwitch = async (log: Log, clock: Clock, file: string): Promise<readonly Finding[]> => {
  const findings: Finding[] = [];
  let hash: string | undefined;
  try {
    const policy = await readPolicyFile(file);
    ({ hash } = policy);
    findings.push(ok('policy', `${file} has no mistakes. Version ${policy.version}, SHA-256 ${hash.slice(0, 12)}.`));
  } catch (error) {
    if (!(error instanceof AmendsError)) throw error;
    findings.push(wrong('policy', error.details.join('; '), `AMENDS_POLICY names it; all its mistakes: amends policy check ${file}`));
  }
  return [...findings, switchFinding(await readStanding(log, clock), file, hash)];
};
