/**
 * For elements that are stored with the first index varying fastest (Fortran's order): a function that gives the
 * row-major index of each of them, one per call.
 */
export function rowMajorIndices(shape: readonly number[]): () => number {
  const strides = new Array<number>(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis--) strides[axis] = strides[axis + 1] * shape[axis + 1];
  const at = new Array<number>(shape.length).fill(0);
  let next = 0;
  return () => {
    const index = next;
    for (let axis = 0; axis < shape.length; axis++) {
      next += strides[axis];
      if (++at[axis] < shape[axis]) break;
      next -= strides[axis] * shape[axis];
      at[axis] = 0;
    }
    return index;
  };
}
