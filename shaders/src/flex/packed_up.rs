//! Transposed convolutions for drawing on Burn's CPU backend, carried out by [`crate::cpu::up`] and
//! [`crate::cpu::winograd`].

use burn::backend::{Flex, flex::FlexTensor};

use super::{dense, dims, single, tensor, values};
use crate::{
    activated::ActivatedKernels,
    cpu::{self, Shape, winograd},
    packed_up::PackedUpOperations,
    strided::StridedKernels,
};

impl PackedUpOperations for Flex {
    /// `[groups, 36, Cin, PANEL]` for [`winograd::up`], or `[Cout, 2, Cin, PANEL]` for
    /// [`cpu::up::up_packed`]; another precision stays as it is.
    fn pack_up(weight: FlexTensor, side: usize) -> FlexTensor {
        if !single([&weight]) {
            return weight;
        }
        let [small, big, _, _] = dims(&weight);
        let weight = dense(weight);
        if winograd::serves(big, side, side) {
            let panels = winograd::pack(values(&weight), small, big);
            let groups = panels.len() / (winograd::PRODUCTS * small * cpu::PANEL);
            tensor(panels, [groups, winograd::PRODUCTS, small, cpu::PANEL])
        } else {
            let panels = cpu::up::pack(values(&weight), small, big);
            tensor(panels, [big, 2, small, cpu::PANEL])
        }
    }

    fn packed_up_relu(x: FlexTensor, packed: FlexTensor, bias: FlexTensor) -> FlexTensor {
        if !single([&x, &packed, &bias]) {
            return Self::kernel_up_relu(x, packed, bias);
        }
        let mut output = packed_up(x, packed, bias);
        cpu::leaky_relu::leaky_relu(output.storage_mut(), 0.0);
        output
    }

    fn packed_up_tanh(x: FlexTensor, packed: FlexTensor, bias: FlexTensor) -> FlexTensor {
        if !single([&x, &packed, &bias]) {
            return Self::kernel_up_tanh(x, packed, bias);
        }
        let mut output = packed_up(x, packed, bias);
        cpu::tanh::tanh(output.storage_mut());
        output
    }
}

fn packed_up(x: FlexTensor, packed: FlexTensor, bias: FlexTensor) -> FlexTensor {
    let [batch, small, height, width] = dims(&x);
    let [big] = dims(&bias);
    let [_, products, _, _] = dims(&packed);
    let shape = Shape {
        batch,
        small,
        big,
        height,
        width,
    };
    let [x, packed, bias] = [x, packed, bias].map(dense);
    let up = if products == winograd::PRODUCTS {
        winograd::up
    } else {
        cpu::up::up_packed
    };
    let out = up(values(&x), values(&packed), values(&bias), shape);
    tensor(out, [batch, big, 2 * height, 2 * width])
}
