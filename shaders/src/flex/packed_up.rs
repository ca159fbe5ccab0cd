//! Transposed convolutions for drawing on Burn's CPU backend, carried out by [`crate::cpu::up`],
//! [`crate::cpu::winograd`] and, in the browser, [`crate::cpu::up_dots`].

use burn::backend::{Flex, flex::FlexTensor};

use super::{dense, dims, single, tensor, values};
use crate::{
    activated::ActivatedKernels,
    cpu::{self, Shape, up_dots, winograd},
    packed_up::PackedUpOperations,
    strided::StridedKernels,
};

/// How a map of one size is made twice as large.
enum Form {
    /// By [`winograd`]; the weight as `[groups, 36, Cin, PANEL]`.
    Winograd,
    /// By [`up_dots`]; the weight as `[1, Cout, 16, Cin]`.
    Dots,
    /// By [`cpu::up::up_packed`]; the weight as `[Cout, 2, Cin, PANEL]`.
    Taps,
}

impl Form {
    fn of(big: usize, height: usize, width: usize) -> Self {
        if winograd::serves(big, height, width) {
            Self::Winograd
        } else if up_dots::serves(height, width) {
            Self::Dots
        } else {
            Self::Taps
        }
    }
}

impl PackedUpOperations for Flex {
    /// As [`Form`] says; another precision stays as it is.
    fn pack_up(weight: FlexTensor, side: usize) -> FlexTensor {
        if !single([&weight]) {
            return weight;
        }
        let [small, big, _, _] = dims(&weight);
        let weight = dense(weight);
        let weight = values(&weight);
        match Form::of(big, side, side) {
            Form::Winograd => {
                let panels = winograd::pack(weight, small, big);
                let groups = panels.len() / (winograd::PRODUCTS * small * cpu::PANEL);
                tensor(panels, [groups, winograd::PRODUCTS, small, cpu::PANEL])
            }
            Form::Dots => {
                let packed = up_dots::pack(weight, small, big);
                tensor(packed, [1, big, 16, small])
            }
            Form::Taps => {
                let panels = cpu::up::pack(weight, small, big);
                tensor(panels, [big, 2, small, cpu::PANEL])
            }
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
    let shape = Shape {
        batch,
        small,
        big,
        height,
        width,
    };
    let [x, packed, bias] = [x, packed, bias].map(dense);
    let up = match Form::of(big, height, width) {
        Form::Winograd => winograd::up,
        Form::Dots => up_dots::up,
        Form::Taps => cpu::up::up_packed,
    };
    let out = up(values(&x), values(&packed), values(&bias), shape);
    tensor(out, [batch, big, 2 * height, 2 * width])
}
