/** The numbers of the fields and types of ONNX that a net needs, from https://github.com/onnx/onnx, onnx/onnx.proto. */

export const MODEL = { irVersion: 1, producerName: 2, graph: 7, opsets: 8, metadata: 14 } as const;
export const OPSET = { domain: 1, version: 2 } as const;
export const PAIR = { key: 1, value: 2 } as const;
export const GRAPH = { nodes: 1, name: 2, initializers: 5, inputs: 11, outputs: 12 } as const;
export const NODE = { inputs: 1, outputs: 2, name: 3, operator: 4, attributes: 5, domain: 7 } as const;
export const ATTRIBUTE = { name: 1, float: 2, integer: 3, tensor: 5, type: 20 } as const;
/** What `ATTRIBUTE.type` says. */
export const ATTRIBUTE_INTEGER = 2;
export const TENSOR = {
  sizes: 1,
  type: 2,
  floats: 4,
  texts: 6,
  name: 8,
  raw: 9,
  doubles: 10,
  external: 13,
} as const;
export const VALUE = { name: 1, type: 2 } as const;
/** `TypeProto.tensor_type`, its fields, those of a shape, and those of a size. */
export const TENSOR_TYPE = { tensor: 1, element: 1, shape: 2, size: 1, fixed: 1, named: 2 } as const;

/** The types of the elements of tensors. */
export const ELEMENT = { float32: 1, uint8: 2, int64: 7, text: 8, float64: 11 } as const;

export const IR_VERSION = 8;
export const OPSET_VERSION = 17;
