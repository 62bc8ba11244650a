import type { Control } from '../../src/topics/controls.ts';
import { controls } from '../../src/topics/controls.ts';
import type { Instant } from '../../src/values/time.ts';
import { instant } from '../../src/values/time.ts';
import type { Chance } from '../../src/world/chance.ts';
import { recordOf } from '../../src/world/world-record.ts';
import type { Script, Told } from './story.ts';
import { fine, inOrder } from './story.ts';

/** The script with an operator in it, who stops all money somewhere in the middle and arms the policy again later. */
export const stoppedMidway = (script: Script, policyHash: string, chance: Chance): Script => {
  const { start, end, told } = script;
  const at = (share: number): Instant => instant(Math.round(start + (end - start) * share));
  const stopAt = chance.between(0.3, 0.8);
  const turn = (control: Control, when: Instant): Told => fine(recordOf(controls, control, when));
  const common = (when: Instant): Pick<Control, 'scope' | 'by' | 'why' | 'at'> => ({
    scope: 'fleet',
    by: 'ops',
    why: 'to be seen',
    at: new Date(when).toISOString(),
  });
  const [stopped, armed] = [at(stopAt), at(chance.between(stopAt, 1))];
  return {
    ...script,
    told: inOrder([
      ...told,
      turn({ ...common(stopped), state: 'stopped', latch: 10 }, stopped),
      turn({ ...common(armed), state: 'armed', latch: 11, policy: policyHash }, armed),
    ]),
  };
};
