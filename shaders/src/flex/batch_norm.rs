//! Batch norm on Burn's CPU backend, carried out by [`crate::cpu::batch_norm`].

use burn::backend::{Flex, flex::FlexTensor};

use super::{dense, dims, single, tensor, values};
use crate::{
    batch_norm::{BatchNormKernels, NormState, Normed, Running, fallback, fallback_backward},
    cpu::batch_norm::{self, Shape},
};

impl BatchNormKernels for Flex {
    fn batch_norm_relu_forward(
        x: FlexTensor,
        weight: FlexTensor,
        bias: FlexTensor,
        running: Running<Self>,
    ) -> Normed<Self> {
        if !single([&x, &weight, &bias, &running.mean, &running.variance]) {
            return fallback(x, weight, bias, running);
        }
        let dims: [usize; 4] = dims(&x);
        let shape = shape(dims);
        let [x, weight, bias] = [x, weight, bias].map(dense);
        let [mut mean, mut variance] = [running.mean, running.variance].map(dense);
        let statistics = batch_norm::statistics(values(&x), shape);
        let moments = batch_norm::moments(&statistics, shape, running.epsilon);
        batch_norm::follow(
            mean.storage_mut(),
            variance.storage_mut(),
            &statistics,
            shape,
            running.momentum,
        );
        let output = batch_norm::relu(values(&x), &moments, values(&weight), values(&bias), shape);
        Normed {
            output: tensor(output, dims),
            moments: tensor(moments, [2, shape.channels]),
            mean,
            variance,
        }
    }

    fn batch_norm_relu_backward(state: NormState<Self>, grad: FlexTensor) -> [FlexTensor; 3] {
        if !single([&state.x, &state.weight, &grad]) {
            return fallback_backward(state, grad);
        }
        let shape = shape(dims(&state.x));
        let [x, weight, bias] = [state.x, state.weight, state.bias].map(dense);
        let [moments, mut grad] = [state.moments, grad].map(dense);
        let [weight_grad, bias_grad] = batch_norm::backward(
            values(&x),
            grad.storage_mut(),
            values(&moments),
            [values(&weight), values(&bias)],
            shape,
        );
        let sums = [weight_grad, bias_grad].map(|sums| tensor(sums, [shape.channels]));
        let [weight_grad, bias_grad] = sums;
        [grad, weight_grad, bias_grad]
    }
}

fn shape([batch, channels, height, width]: [usize; 4]) -> Shape {
    Shape {
        batch,
        channels,
        pixels: height * width,
    }
}
