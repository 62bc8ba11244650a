/** The least and the greatest of some figures. */
export const spreadOf = (values: readonly number[]): readonly number[] => [Math.min(...values), Math.max(...values)];
