//! A kernel written in WGSL, with numbers put in front of it as constants.

use std::fmt::Write;

use burn::tensor::{DType, Shape};
use burn_cubecl::{
    cubecl::{
        CubeCount, CubeDim, CubeKernel, PrecompiledSource,
        ir::{ElemType, UIntKind, metadata::Info},
        prelude::{
            AddressType, ExecutionMode, KernelDefinition, KernelId, KernelMetadata, KernelSettings,
            Scope,
        },
        server::KernelArguments,
    },
    ops::numeric::empty_device_contiguous_dtype,
    tensor::CubeTensor,
};

/// The text of a kernel and the constants it was made for.
#[derive(Clone, Debug)]
pub(super) struct Kernel {
    /// What it does, in a word.
    pub(super) name: &'static str,
    /// The file.
    pub(super) text: &'static str,
    /// Name and value of each constant in front of it.
    ///
    /// All of them are in the kernel's identity: Burn keeps a compiled kernel under that, and
    /// would use it for another shape otherwise.
    pub(super) constants: Vec<(&'static str, u32)>,
    /// Threads of a workgroup, in x and y.
    pub(super) threads: [u32; 2],
}

impl Kernel {
    /// What the compiler gets.
    pub(super) fn source(&self) -> String {
        let mut source = String::new();
        for (name, value) in &self.constants {
            // Writing to a string does not fail.
            let _ = writeln!(source, "const {name} = {value}u;");
        }
        source + self.text
    }

    /// Puts the kernel into the queue, over row-major `tensors` in the order of their bindings.
    pub(super) fn launch(self, groups: [usize; 3], tensors: Vec<CubeTensor>) {
        let [x, y, z] = groups.map(|count| count as u32);
        let client = tensors[0].client.clone();
        let buffers = tensors
            .into_iter()
            .map(|tensor| tensor.handle.binding())
            .collect();
        client.launch(
            Box::new(self),
            CubeCount::Static(x, y, z),
            KernelArguments::new().with_buffers(buffers),
        );
    }

    fn cube_dim(&self) -> CubeDim {
        CubeDim::new_2d(self.threads[0], self.threads[1])
    }
}

/// Threads of a workgroup for so many of a kernel's shares of work: no more than a few small maps
/// have use for.
pub(super) fn few_threads(shares: usize) -> usize {
    shares.next_power_of_two().clamp(16, 64)
}

/// A row-major tensor on the device of `like`, filled with whatever was there.
pub(super) fn empty(like: &CubeTensor, shape: impl Into<Shape>) -> CubeTensor {
    empty_device_contiguous_dtype(
        like.client.clone(),
        like.device.clone(),
        shape.into(),
        DType::F32,
    )
}

/// [`empty`], of the same shape as `like`.
pub(super) fn empty_like(like: &CubeTensor) -> CubeTensor {
    empty(like, like.meta.shape().clone())
}

impl KernelMetadata for Kernel {
    fn name(&self) -> &'static str {
        self.name
    }

    fn id(&self) -> KernelId {
        KernelId::new::<Self>()
            .info((self.name, self.constants.clone()))
            .cube_dim(self.cube_dim().into())
    }

    fn address_type(&self) -> ElemType {
        UIntKind::U32.into()
    }
}

impl CubeKernel for Kernel {
    fn define(&self) -> KernelDefinition {
        // Not compiled: the text stands in for it.
        let settings = KernelSettings::new(
            self.cube_dim().into(),
            ExecutionMode::Checked,
            AddressType::U32,
        );
        KernelDefinition {
            body: Scope::root(settings.clone()),
            settings,
            info: Info::default(),
        }
    }

    fn source(&self) -> Option<PrecompiledSource> {
        Some(PrecompiledSource {
            source: Kernel::source(self),
            entrypoint_name: "main".to_string(),
            lang: "wgsl",
        })
    }
}
