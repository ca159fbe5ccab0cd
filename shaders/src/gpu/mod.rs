//! The operations on a GPU, by kernels written in WGSL.
//!
//! Where a kernel does not apply (another precision, a width that is no multiple of four) Burn's
//! own kernels do the work.

mod activated;
mod adam;
mod any_length;
mod attention;
mod attention_backward;
mod attention_means;
mod batch_norm;
#[cfg(test)]
mod batch_norm_tests;
mod blend;
mod channel_sums;
mod down;
mod each_element;
mod elementwise;
mod flops;
#[cfg(test)]
mod gradient_tests;
mod kernel;
mod pointwise;
mod pointwise_weight_grad;
mod relative_change;
mod spectral_norm;
mod sum_splits;
mod unit_columns;
mod unit_columns_backward;
mod up;
pub mod watch;
mod weight_grad;

use burn::backend::{Cube, DispatchDevice, tensor::FloatTensor};
use burn::tensor::{DType, Device};
use burn_cubecl::{cubecl::client::Client, kernel::into_contiguous, tensor::CubeTensor};

use self::watch::operation;
use crate::{
    attention_layer::{self, AttentionLayerOperations},
    operations::{AttentionState, Kernels},
    stock,
};
use up::Activation;

impl Kernels for Cube {
    fn kernel_up(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: Option<FloatTensor<Self>>,
    ) -> FloatTensor<Self> {
        up::up(x, weight, bias, Activation::Nothing)
    }

    fn kernel_up_relu(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        up::up(x, weight, Some(bias), Activation::Relu)
    }

    fn kernel_down(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: Option<FloatTensor<Self>>,
    ) -> FloatTensor<Self> {
        down::down(x, weight, bias, None)
    }

    fn weight_grad(small: FloatTensor<Self>, big: FloatTensor<Self>) -> FloatTensor<Self> {
        if single([&small, &big]) && in_fours(&small) {
            let flops = flops::strided(&small, dims::<4>(&big)[1]);
            return operation("weight_grad", flops, || {
                weight_grad::weight_grad(small, big)
            });
        }
        stock::weight_grad::<Self>(small, big)
    }

    fn channel_sums(x: FloatTensor<Self>) -> FloatTensor<Self> {
        if single([&x]) && maps_in_fours(&x) {
            return channel_sums::channel_sums(x);
        }
        stock::channel_sums::<Self>(x)
    }

    fn leaky_relu_backward(
        output: FloatTensor<Self>,
        grad: FloatTensor<Self>,
        slope: f32,
    ) -> FloatTensor<Self> {
        if single([&output, &grad]) && elementwise::applies(&output) {
            return elementwise::leaky_relu_backward(output, grad, slope);
        }
        stock::leaky_relu_backward::<Self>(output, grad, slope)
    }

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
        stock::attention::<Self>(queries, keys, values)
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
        stock::attention_backward::<Self>(state, output_grad)
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
        if single([&before, &after]) {
            return relative_change::relative_change(before, after);
        }
        attention_layer::relative_change::<Self>(before, after)
    }
}

/// How Burn talks to this device, with or without autodiff; none if it is no GPU.
pub(crate) fn client(device: &Device) -> Option<Client> {
    match device.clone().inner().as_dispatch() {
        DispatchDevice::Cube(device) => Some(device.client()),
        _ => None,
    }
}

fn single<const N: usize>(tensors: [&CubeTensor; N]) -> bool {
    tensors.iter().all(|tensor| tensor.dtype == DType::F32)
}

fn dims<const D: usize>(tensor: &CubeTensor) -> [usize; D] {
    tensor.meta.shape().dims()
}

/// Whether a kernel can read the rows in fours.
fn in_fours(x: &CubeTensor) -> bool {
    x.meta
        .shape()
        .last()
        .is_some_and(|length| length.is_multiple_of(4))
}

/// Whether a kernel can read the maps of `[B, C, H, W]` in fours.
fn maps_in_fours(x: &CubeTensor) -> bool {
    let [_, _, height, width] = dims(x);
    (height * width).is_multiple_of(4)
}

/// Row-major; a copy only where it was not.
fn dense(tensor: CubeTensor) -> CubeTensor {
    into_contiguous(tensor)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use naga::valid::{Capabilities, ValidationFlags, Validator};

    use super::{
        adam, attention, attention_backward, attention_means, batch_norm, blend, channel_sums,
        down, elementwise, kernel::Kernel, pointwise, pointwise_weight_grad, relative_change,
        spectral_norm, sum_splits, unit_columns, unit_columns_backward, up, weight_grad,
    };

    fn kernels() -> Vec<Kernel> {
        [
            up::tests::kernels(),
            down::tests::kernels(),
            weight_grad::tests::kernels(),
            channel_sums::tests::kernels(),
            batch_norm::tests::kernels(),
            elementwise::tests::kernels(),
            sum_splits::tests::kernels(),
            attention::tests::kernels(),
            attention_means::tests::kernels(),
            attention_backward::tests::kernels(),
            pointwise::tests::kernels(),
            pointwise_weight_grad::tests::kernels(),
            relative_change::tests::kernels(),
            unit_columns::tests::kernels(),
            unit_columns_backward::tests::kernels(),
            adam::tests::kernels(),
            blend::tests::kernels(),
            spectral_norm::tests::kernels(),
        ]
        .concat()
    }

    /// In a browser an invalid kernel is only logged, and its results are zeros.
    #[test]
    fn every_kernel_is_valid() {
        for kernel in kernels() {
            let source = kernel.source();
            let module = naga::front::wgsl::parse_str(&source)
                .unwrap_or_else(|error| panic!("{}", error.emit_to_string(&source)));
            let info = Validator::new(ValidationFlags::all(), Capabilities::empty())
                .validate(&module)
                .unwrap_or_else(|error| panic!("{}: {error:?}", kernel.name));
            // A binding that the kernel does not use is missing from the layout made of it.
            for (handle, variable) in module.global_variables.iter() {
                let used = !info.get_entry_point(0)[handle].is_empty();
                assert!(used, "{}: {:?} is not used", kernel.name, variable.name);
            }
        }
    }

    /// What every browser with WebGPU has.
    #[test]
    fn every_kernel_keeps_to_the_promised_limits() {
        for kernel in kernels() {
            let module = naga::front::wgsl::parse_str(&kernel.source()).unwrap();
            let mut layouter = naga::proc::Layouter::default();
            layouter.update(module.to_ctx()).unwrap();
            let in_space = |space| {
                let variables = module.global_variables.iter();
                variables.filter(move |(_, variable)| variable.space == space)
            };
            let shared: u32 = in_space(naga::AddressSpace::WorkGroup)
                .map(|(_, variable)| layouter[variable.ty].size)
                .sum();
            assert!(shared <= 16384, "{}: {shared} bytes", kernel.name);
            let bindings = module.global_variables.iter();
            let bindings = bindings.filter(|(_, variable)| variable.binding.is_some());
            assert!(bindings.count() <= 8, "{}", kernel.name);
            let threads: u32 = module.entry_points[0].workgroup_size.iter().product();
            assert!(threads <= 256, "{}: {threads} threads", kernel.name);
            assert_eq!(threads, kernel.threads.iter().product::<u32>());
        }
    }
}
