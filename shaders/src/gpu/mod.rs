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
mod attention_operation;
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
mod minibatch_deviation;
mod packed_up;
mod phase_sums;
mod pointwise;
mod pointwise_weight_grad;
mod product;
mod relative_change;
mod residual;
mod smoothed;
mod sources;
mod spectral_norm;
mod splits;
mod strided;
mod sum_splits;
mod tensors;
mod unit_columns;
mod up;
pub mod watch;
mod weight_grad;

pub use self::splits::gpu_is_software;
pub(crate) use self::tensors::client;
use self::tensors::{dense, dims, in_fours, maps_in_fours, single};

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::collections::BTreeSet;

    use naga::valid::{Capabilities, ValidationFlags, Validator};

    use super::{
        adam, attention, attention_backward, attention_means, batch_norm, blend, channel_sums,
        down, elementwise, kernel::Kernel, minibatch_deviation, phase_sums, pointwise,
        pointwise_weight_grad, relative_change, residual, smoothed, sources, spectral_norm,
        sum_splits, unit_columns, up, weight_grad,
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
            minibatch_deviation::tests::kernels(),
            phase_sums::tests::kernels(),
            pointwise::tests::kernels(),
            pointwise_weight_grad::tests::kernels(),
            relative_change::tests::kernels(),
            residual::tests::kernels(),
            smoothed::tests::kernels(),
            unit_columns::tests::kernels(),
            adam::tests::kernels(),
            blend::tests::kernels(),
            spectral_norm::tests::kernels(),
        ]
        .concat()
    }

    /// So that the tests of this module leave none out, nor the browser's, which reads the folder.
    #[test]
    fn the_list_is_the_folder_and_every_kernel_of_it_is_tested() {
        let listed: BTreeSet<_> = sources::KERNELS.iter().copied().collect();
        let tested: BTreeSet<_> = kernels().iter().map(|kernel| kernel.source.name).collect();
        assert_eq!(listed, tested);
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/wgsl");
        let files = std::fs::read_dir(folder).unwrap().map(|file| {
            let name = file.unwrap().file_name().into_string().unwrap();
            name.strip_suffix(".wgsl").unwrap_or(&name).to_string()
        });
        let listed = sources::KERNELS.iter().chain(sources::SHARED);
        let listed: BTreeSet<_> = listed.map(|name| name.to_string()).collect();
        assert_eq!(files.collect::<BTreeSet<_>>(), listed);
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
                .unwrap_or_else(|error| panic!("{}: {error:?}", kernel.source.name));
            // A binding that the kernel does not use is missing from the layout made of it.
            for (handle, variable) in module.global_variables.iter() {
                let used = !info.get_entry_point(0)[handle].is_empty();
                assert!(
                    used,
                    "{}: {:?} is not used",
                    kernel.source.name, variable.name
                );
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
            assert!(shared <= 16384, "{}: {shared} bytes", kernel.source.name);
            let bindings = module.global_variables.iter();
            let bindings = bindings.filter(|(_, variable)| variable.binding.is_some());
            assert!(bindings.count() <= 8, "{}", kernel.source.name);
            let threads: u32 = module.entry_points[0].workgroup_size.iter().product();
            assert!(threads <= 256, "{}: {threads} threads", kernel.source.name);
            assert_eq!(threads, kernel.threads.iter().product::<u32>());
        }
    }
}
