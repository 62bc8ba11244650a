import type { Task } from '../engine/stage.ts';
import type { Issue } from '../topics/issues.ts';
import { issues } from '../topics/issues.ts';
import type { Said } from './track.ts';

/** Tells care (on `amends.issues`) and telemetry of a change that `track` said, with what the stage knows `about` the subject. */
export const announce = (task: Task, said: Said, about: Pick<Issue, 'subject' | 'customer' | 'order' | 'components' | 'context'>): void => {
  const { change, issue, revision, detector, finding } = said;
  task.emit(issues, { id: issue, revision, state: change === 'closed' ? 'closed' : 'open', detector, ...about, finding });
  task.tell({ name: 'IssueChanged', change, detector, subject: about.subject, issue, reason: finding.reason, at: task.now });
};
