//! A kernel written in WGSL, with numbers put in front of it as constants.

use std::{
    fmt::Write,
    sync::atomic::{AtomicU64, Ordering},
};

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

use super::sources::Source;

/// How many of them were compiled in this process so far, on all devices.
pub(super) static COMPILED: AtomicU64 = AtomicU64::new(0);

/// The text of a kernel and the constants it was made for.
#[derive(Clone, Debug)]
pub(super) struct Kernel {
    pub(super) source: Source,
    /// Name and value of each constant in front of it: numbers of channels and sides of maps, over which
    /// the compiler unrolls loops and by which it divides; switches; and a cut of the work (threads,
    /// together or each alone) where few and many samples want another.
    ///
    /// The batch is not among them, nor what follows from it: kernels find it in the lengths of their
    /// buffers, so that one compiled kernel serves redraws of one picture and batches of 32.
    ///
    /// All of them are in the kernel's identity: Burn keeps a compiled kernel under that, and
    /// would use it for another shape otherwise.
    pub(super) constants: Vec<(&'static str, u32)>,
    /// Threads of a workgroup.
    pub(super) threads: [u32; 3],
}

impl Kernel {
    /// What the compiler gets.
    pub(super) fn source(&self) -> String {
        let mut source = String::new();
        for (name, value) in &self.constants {
            // Writing to a string does not fail.
            let _ = writeln!(source, "const {name} = {value}u;");
        }
        source + self.source.text
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
        let [x, y, z] = self.threads;
        CubeDim::new_3d(x, y, z)
    }
}

/// Threads of a workgroup in kernels whose threads have nothing to do with each other. Those beyond the
/// end leave at once, so a small map costs no more for them.
pub(super) const THREADS: usize = 64;

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
        self.source.name
    }

    fn id(&self) -> KernelId {
        KernelId::new::<Self>()
            .info((self.source.name, self.constants.clone()))
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

    /// Asked for when the kernel is compiled, and not when a compiled one is found.
    fn source(&self) -> Option<PrecompiledSource> {
        COMPILED.fetch_add(1, Ordering::Relaxed);
        Some(PrecompiledSource {
            source: Kernel::source(self),
            entrypoint_name: "main".to_string(),
            lang: "wgsl",
        })
    }
}
