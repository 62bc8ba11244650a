import { templates } from '../../policy/templates.ts';
import type { Command } from '../../topics/remedies.ts';
import { give } from '../ledger/give.ts';
import { linesToReplace } from '../ledger/lines-to-replace.ts';
import type { OrderLedger } from '../ledger/order-ledger.ts';
import type { Ruled } from '../situation.ts';
import type { NumberedStep } from './numbered.ts';

/** The order's books once a step's command is ordered: what it gives, or that the order was spoken of. */
export const booksAfter = ({ ledger, part }: Ruled, { step }: NumberedStep, command: Command): OrderLedger => {
  switch (command.kind) {
    case 'refund':
    case 'credit':
      return give(ledger, command.id, part, command.components, false);
    case 'replacement':
      return give(ledger, command.id, part, linesToReplace(ledger, part).components, true);
    case 'notification':
      if (step.remedy !== 'notification') return ledger;
      return { ...ledger, spoken: { issue: command.issue, about: templates[step.message].about, at: command.notBefore } };
    case 'escalation':
    case 'return':
    case 'retraction':
      return ledger;
  }
};
