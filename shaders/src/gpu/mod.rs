//! The operations on a GPU, by kernels written in WGSL.
//!
//! Where a kernel does not apply (another precision, a width that is no multiple of four, a group
//! of channels too large for workgroup memory) Burn's own kernels do the work. So do those whose
//! kernels are not written yet: `down`, the weight gradient, attention's backward pass.

mod attention;
mod kernel;
mod up;

use burn::backend::{Cube, tensor::FloatTensor};
use burn::tensor::DType;
use burn_cubecl::{kernel::into_contiguous, tensor::CubeTensor};

use crate::{operations::Kernels, stock};

impl Kernels for Cube {
    fn kernel_up(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: Option<FloatTensor<Self>>,
    ) -> FloatTensor<Self> {
        if single([&x, &weight]) && up::applies(&x) {
            return up::up(x, weight, bias);
        }
        stock::up::<Self>(x, weight, bias)
    }

    fn attention_forward(
        queries: FloatTensor<Self>,
        keys: FloatTensor<Self>,
        values: FloatTensor<Self>,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        if single([&queries, &keys, &values]) && attention::applies(&queries) {
            return attention::attention(queries, keys, values);
        }
        stock::attention::<Self>(queries, keys, values)
    }
}

fn single<const N: usize>(tensors: [&CubeTensor; N]) -> bool {
    tensors.iter().all(|tensor| tensor.dtype == DType::F32)
}

fn dims<const D: usize>(tensor: &CubeTensor) -> [usize; D] {
    tensor.meta.shape().dims()
}

/// Row-major; a copy only where it was not.
fn dense(tensor: CubeTensor) -> CubeTensor {
    into_contiguous(tensor)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use naga::valid::{Capabilities, ValidationFlags, Validator};

    use super::{attention, kernel::Kernel, up};

    fn kernels() -> Vec<Kernel> {
        [up::tests::kernels(), attention::tests::kernels()].concat()
    }

    /// In a browser an invalid kernel is only logged, and its results are zeros.
    #[test]
    fn every_kernel_is_valid() {
        for kernel in kernels() {
            let source = kernel.source();
            let module = naga::front::wgsl::parse_str(&source)
                .unwrap_or_else(|error| panic!("{}", error.emit_to_string(&source)));
            Validator::new(ValidationFlags::all(), Capabilities::empty())
                .validate(&module)
                .unwrap_or_else(|error| panic!("{}: {error:?}", kernel.name));
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
