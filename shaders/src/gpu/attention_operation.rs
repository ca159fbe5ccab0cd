//! Attention, alone and with the layer around it, on a GPU.

use burn::backend::{Cube, tensor::FloatTensor};

use super::{
    attention, attention_backward, flops, in_fours, relative_change, single, watch::operation,
};
use crate::{
    attention::{AttentionKernels, AttentionState, fallback, fallback_backward},
    attention_layer::{self, AttentionLayerOperations},
};

impl AttentionKernels for Cube {
    fn attention_forward(
        queries: FloatTensor<Self>,
        keys: FloatTensor<Self>,
        values: FloatTensor<Self>,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        if single([&queries, &keys, &values]) && in_fours(&values) {
            let flops = flops::attention(&queries, &values);
            return operation("attention", flops, || {
                attention::attention(queries, keys, values)
            });
        }
        fallback::<Self>(queries, keys, values)
    }

    fn attention_backward(
        state: AttentionState<Self>,
        output_grad: FloatTensor<Self>,
    ) -> [FloatTensor<Self>; 3] {
        let f32 = single([&state.queries, &state.keys, &state.values, &output_grad]);
        if f32 && in_fours(&state.queries) {
            let flops = flops::attention_backward(&state.queries, &state.values);
            return operation("attention_backward", flops, || {
                attention_backward::attention_backward(state, output_grad)
            });
        }
        fallback_backward::<Self>(state, output_grad)
    }
}

impl AttentionLayerOperations for Cube {
    fn attention_layer(
        queries: FloatTensor<Self>,
        keys: FloatTensor<Self>,
        values: FloatTensor<Self>,
        x: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        if single([&queries, &keys, &values, &x, &gamma]) && in_fours(&values) {
            let flops = flops::attention(&queries, &values);
            return operation("attention", flops, || {
                attention::attention_layer(queries, keys, values, x, gamma)
            });
        }
        attention_layer::attention_layer_of::<Self>([queries, keys, values, x, gamma])
    }

    fn relative_change(before: FloatTensor<Self>, after: FloatTensor<Self>) -> FloatTensor<Self> {
        if single([&before, &after]) && in_fours(&before) {
            return relative_change::relative_change(before, after);
        }
        attention_layer::relative_change::<Self>(before, after)
    }
}
