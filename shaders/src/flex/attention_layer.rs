//! The attention layer for drawing on Burn's CPU backend, carried out by
//! [`crate::cpu::attention_layer`].

use burn::backend::{Flex, flex::FlexTensor};

use super::{dense, dims, single, tensor, values};
use crate::{
    attention::AttentionKernels,
    attention_layer::{self, AttentionLayerOperations},
    cpu::attention_layer::{join, relative_change},
};

impl AttentionLayerOperations for Flex {
    fn attention_layer(
        queries: FlexTensor,
        keys: FlexTensor,
        values_: FlexTensor,
        x: FlexTensor,
        gamma: FlexTensor,
    ) -> (FlexTensor, FlexTensor) {
        if !single([&queries, &keys, &values_, &x, &gamma]) {
            return attention_layer::attention_layer_of::<Self>([queries, keys, values_, x, gamma]);
        }
        let (mut output, log_sum_exp) = Self::attention_forward(queries, keys, values_);
        let [x, gamma] = [x, gamma].map(dense);
        join(output.storage_mut(), values(&x), values(&gamma)[0]);
        (output, log_sum_exp)
    }

    fn relative_change(before: FlexTensor, after: FlexTensor) -> FlexTensor {
        if !single([&before, &after]) {
            return attention_layer::relative_change::<Self>(before, after);
        }
        let [batch, _, _] = dims(&before);
        let [before, after] = [before, after].map(dense);
        tensor(
            relative_change(values(&before), values(&after), batch),
            [batch],
        )
    }
}
