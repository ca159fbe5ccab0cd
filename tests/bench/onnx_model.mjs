// The folded generator as an ONNX model: input `z` [batch, z], output `image` [batch, 3, 64, 64].

import onnxProto from 'onnx-proto';

const { onnx } = onnxProto;
const { FLOAT, INT64 } = onnx.TensorProto.DataType;

// The model's bytes.
export function onnxModel({ zDim, stages, attention, last }) {
  const graph = new Graph();
  const [first, ...rest] = stages;
  const [inputs, outputs] = first.shape;
  // A kernel of 4 on a 1×1 map is a matrix product.
  const matrix = graph.floats([inputs, outputs * 16], first.weight);
  let x = graph.node('MatMul', ['z', matrix]);
  x = graph.reshape(x, [0, outputs, 4, 4]);
  x = graph.node('Add', [x, graph.floats([1, outputs, 1, 1], first.bias)]);
  x = graph.node('Relu', [x]);
  let side = 4;
  const up = (conv) => {
    side *= 2;
    return graph.node('ConvTranspose', [x, graph.floats(conv.shape, conv.weight), graph.floats([conv.bias.length], conv.bias)], {
      kernel_shape: [4, 4],
      strides: [2, 2],
      pads: [1, 1, 1, 1],
    });
  };
  for (const [index, conv] of rest.entries()) {
    x = graph.node('Relu', [up(conv)]);
    const layer = attention[index - 1];
    if (layer) x = attend(graph, x, layer, conv.shape[1], side);
  }
  graph.node('Tanh', [up(last)], {}, 'image');

  const dimension = (size) => (typeof size === 'string' ? { dimParam: size } : { dimValue: size });
  const value = (name, shape) => ({
    name,
    type: { tensorType: { elemType: FLOAT, shape: { dim: shape.map(dimension) } } },
  });
  return onnx.ModelProto.encode({
    irVersion: 8,
    opsetImport: [{ domain: '', version: 17 }],
    producerName: 'saganscope',
    graph: {
      name: 'generator',
      node: graph.nodes,
      initializer: graph.initializers,
      input: [value('z', ['batch', zDim])],
      output: [value('image', ['batch', 3, side, side])],
    },
  }).finish();
}

// x + gamma · softmax(qᵀk) v over the pixels of a map.
function attend(graph, x, { query, key, value, gamma }, channels, side) {
  const pixels = side * side;
  const pointwise = ({ shape, weight, bias }) => {
    const [outputs, inputs] = shape;
    const kernel = graph.floats([outputs, inputs, 1, 1], weight);
    const y = graph.node('Conv', [x, kernel, graph.floats([outputs], bias)], { kernel_shape: [1, 1] });
    return graph.reshape(y, [0, outputs, pixels]);
  };
  const swap = (y) => graph.node('Transpose', [y], { perm: [0, 2, 1] });
  const energy = graph.node('MatMul', [swap(pointwise(query)), pointwise(key)]);
  const map = graph.node('Softmax', [energy], { axis: 2 });
  const out = graph.node('MatMul', [pointwise(value), swap(map)]);
  const change = graph.node('Mul', [out, graph.floats([1], [gamma])]);
  return graph.node('Add', [graph.reshape(change, [0, channels, side, side]), x]);
}

class Graph {
  nodes = [];
  initializers = [];

  // Adds a node and names its output.
  node(opType, input, attributes = {}, output = `n${this.nodes.length}`) {
    const attribute = Object.entries(attributes).map(([name, value]) =>
      Array.isArray(value)
        ? { name, type: onnx.AttributeProto.AttributeType.INTS, ints: value }
        : { name, type: onnx.AttributeProto.AttributeType.INT, i: value },
    );
    this.nodes.push({ opType, input, output: [output], name: output, attribute });
    return output;
  }

  // A zero keeps the dimension, here always the batch.
  reshape(x, shape) {
    return this.node('Reshape', [x, this.constant(INT64, [shape.length], new BigInt64Array(shape.map(BigInt)))]);
  }

  floats(dims, values) {
    return this.constant(FLOAT, dims, Float32Array.from(values));
  }

  constant(dataType, dims, values) {
    const name = `c${this.initializers.length}`;
    this.initializers.push({ name, dataType, dims, rawData: new Uint8Array(values.buffer) });
    return name;
  }
}
