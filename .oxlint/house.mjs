/**
 * Rules of the house that oxlint has no setting for.
 * `no-clock`: `new Date()` without an argument and a plain `Date()` read the clock; `new Date(ms)` only converts.
 */
const message = 'This reads the clock. A function that needs the time is given it.';
const isDate = (node) => node.type === 'Identifier' && node.name === 'Date';

export default {
  meta: { name: 'house' },
  rules: {
    'no-clock': {
      create: (context) => ({
        NewExpression(node) {
          if (isDate(node.callee) && node.arguments.length === 0) context.report({ node, message });
        },
        CallExpression(node) {
          if (isDate(node.callee)) context.report({ node, message });
        },
      }),
    },
  },
};
