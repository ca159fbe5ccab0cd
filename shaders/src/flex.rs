//! The operations on Burn's CPU backend, carried out by [`crate::cpu`].
//!
//! Other precisions than f32 take Burn's own kernels.

mod attention_layer;
mod batch_norm;
mod packed_up;
mod pointwise;
mod product;

use burn::{
    backend::{Flex, TensorMetadata, flex::FlexTensor, ops::FloatTensorOps, tensor::FloatTensor},
    tensor::{DType, TensorData},
};

use crate::{
    activated::ActivatedKernels,
    attention::{self as attention_operation, AttentionKernels, AttentionState},
    channel_sums::{self, ChannelSumsKernel},
    cpu::{self, Shape, attention},
    leaky_relu::{self, LeakyReluKernels},
    smoothed::{self, SmoothedKernels},
    strided::{self, StridedKernels},
};

impl StridedKernels for Flex {
    fn kernel_up(x: FlexTensor, weight: FlexTensor, bias: Option<FlexTensor>) -> FlexTensor {
        if !single([&x, &weight]) {
            return strided::fallback_up::<Self>(x, weight, bias);
        }
        let [batch, small, height, width] = dims(&x);
        let [_, big, _, _] = dims(&weight);
        let shape = Shape {
            batch,
            small,
            big,
            height,
            width,
        };
        let [x, weight] = [x, weight].map(dense);
        let bias = bias.map(dense);
        let bias = bias.as_ref().map(values);
        let out = cpu::up::up(values(&x), values(&weight), bias, shape);
        tensor(out, [batch, big, 2 * height, 2 * width])
    }

    fn kernel_down(x: FlexTensor, weight: FlexTensor, bias: Option<FlexTensor>) -> FlexTensor {
        if !single([&x, &weight]) {
            return strided::fallback_down::<Self>(x, weight, bias);
        }
        let [batch, big, height, width] = dims(&x);
        let [small, _, _, _] = dims(&weight);
        let shape = Shape {
            batch,
            small,
            big,
            height: height / 2,
            width: width / 2,
        };
        let [x, weight] = [x, weight].map(dense);
        let bias = bias.map(dense);
        let bias = bias.as_ref().map(values);
        let out = cpu::down::down(values(&x), values(&weight), bias, shape);
        tensor(out, [batch, small, height / 2, width / 2])
    }

    fn weight_grad(small: FlexTensor, big: FlexTensor) -> FlexTensor {
        if !single([&small, &big]) {
            return strided::fallback_weight_grad::<Self>(small, big);
        }
        let [batch, small_channels, height, width] = dims(&small);
        let [_, big_channels, _, _] = dims(&big);
        let shape = Shape {
            batch,
            small: small_channels,
            big: big_channels,
            height,
            width,
        };
        let [small, big] = [small, big].map(dense);
        let out = cpu::weight_grad::weight_grad(values(&small), values(&big), shape);
        tensor(out, [shape.small, shape.big, 4, 4])
    }
}

impl LeakyReluKernels for Flex {
    fn kernel_leaky_relu(x: FlexTensor, slope: f32) -> FlexTensor {
        if !single([&x]) {
            return leaky_relu::fallback::<Self>(x, slope);
        }
        let mut x = dense(x);
        cpu::leaky_relu::leaky_relu(x.storage_mut(), slope);
        x
    }

    fn leaky_relu_backward(output: FlexTensor, grad: FlexTensor, slope: f32) -> FlexTensor {
        if !single([&output, &grad]) {
            return leaky_relu::fallback_backward::<Self>(output, grad, slope);
        }
        let (output, mut grad) = (dense(output), dense(grad));
        cpu::leaky_relu::leaky_relu_backward(values(&output), grad.storage_mut(), slope);
        grad
    }
}

impl SmoothedKernels for Flex {
    fn kernel_smoothed(x: FlexTensor) -> FlexTensor {
        if !single([&x]) {
            return smoothed::fallback::<Self>(x);
        }
        let shape @ [_, _, pixels] = dims(&x);
        let x = dense(x);
        let out = cpu::smoothed::smoothed(values(&x), pixels.isqrt());
        tensor(out, shape)
    }
}

impl AttentionKernels for Flex {
    fn attention_forward(
        queries: FlexTensor,
        keys: FlexTensor,
        values_: FlexTensor,
    ) -> (FlexTensor, FlexTensor) {
        if !single([&queries, &keys, &values_]) {
            return attention_operation::fallback::<Self>(queries, keys, values_);
        }
        let shape = attention_shape(&queries, &values_);
        let [q, k, v] = [queries, keys, values_].map(dense);
        let attended = attention::forward(values(&q), values(&k), values(&v), shape);
        (
            tensor(attended.output, [shape.batch, shape.channels, shape.pixels]),
            tensor(attended.log_sum_exp, [shape.batch, shape.pixels]),
        )
    }

    fn attention_backward(
        state: AttentionState<Self>,
        output_grad: FloatTensor<Self>,
    ) -> [FloatTensor<Self>; 3] {
        if !single([&state.queries, &state.keys, &state.values, &output_grad]) {
            return attention_operation::fallback_backward::<Self>(state, output_grad);
        }
        let shape = attention_shape(&state.queries, &state.values);
        let [q, k, v, g] = [state.queries, state.keys, state.values, output_grad].map(dense);
        let gradients = attention::backward(
            values(&q),
            values(&k),
            values(&v),
            (values(&state.output), values(&state.log_sum_exp)),
            values(&g),
            shape,
        );
        let narrow = [shape.batch, shape.depth, shape.pixels];
        [
            tensor(gradients.queries, narrow),
            tensor(gradients.keys, narrow),
            tensor(
                gradients.values,
                [shape.batch, shape.channels, shape.pixels],
            ),
        ]
    }
}

impl ChannelSumsKernel for Flex {
    fn channel_sums(x: FlexTensor) -> FlexTensor {
        if !single([&x]) {
            return channel_sums::fallback::<Self>(x);
        }
        let [_, channels, height, width] = dims(&x);
        let x = dense(x);
        tensor(
            cpu::channel_sums(values(&x), channels, height * width),
            [channels],
        )
    }
}

impl ActivatedKernels for Flex {
    fn kernel_up_tanh(x: FlexTensor, weight: FlexTensor, bias: FlexTensor) -> FlexTensor {
        let mut output = Self::kernel_up(x, weight, Some(bias));
        if !single([&output]) {
            return Self::float_tanh(output);
        }
        cpu::tanh::tanh(output.storage_mut());
        output
    }
}

fn single<const N: usize>(tensors: [&FlexTensor; N]) -> bool {
    tensors.iter().all(|tensor| tensor.dtype() == DType::F32)
}

/// Row-major from the first element on; a copy only where it was not.
pub(crate) fn dense(tensor: FlexTensor) -> FlexTensor {
    let whole = tensor.layout().num_elements() * size_of::<f32>() == tensor.bytes().len();
    if whole && tensor.is_contiguous() && tensor.layout().start_offset() == 0 {
        // Not through `to_contiguous`, whose second handle would make a later write copy.
        return tensor;
    }
    tensor.to_contiguous()
}

pub(crate) fn values(tensor: &FlexTensor) -> &[f32] {
    tensor.storage()
}

fn tensor<const D: usize>(values: Vec<f32>, shape: [usize; D]) -> FlexTensor {
    FlexTensor::from_data(TensorData::new(values, shape))
}

fn dims<const D: usize>(tensor: &FlexTensor) -> [usize; D] {
    tensor.shape().dims()
}

fn attention_shape(queries: &FlexTensor, values: &FlexTensor) -> attention::Shape {
    let [batch, depth, pixels] = dims(queries);
    let [_, channels, _] = dims(values);
    attention::Shape {
        batch,
        depth,
        channels,
        pixels,
    }
}
