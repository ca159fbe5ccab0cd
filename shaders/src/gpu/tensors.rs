//! What the kernels' hosts ask of a tensor and of its device.

use burn::{
    backend::DispatchDevice,
    tensor::{DType, Device},
};
use burn_cubecl::{cubecl::client::Client, kernel::into_contiguous, tensor::CubeTensor};

/// How Burn talks to this device, with or without autodiff; none if it is no GPU.
pub(crate) fn client(device: &Device) -> Option<Client> {
    match device.clone().inner().as_dispatch() {
        DispatchDevice::Cube(device) => Some(device.client()),
        _ => None,
    }
}

pub(super) fn single<const N: usize>(tensors: [&CubeTensor; N]) -> bool {
    tensors.iter().all(|tensor| tensor.dtype == DType::F32)
}

pub(super) fn dims<const D: usize>(tensor: &CubeTensor) -> [usize; D] {
    tensor.meta.shape().dims()
}

/// Whether a kernel can read the rows in fours.
pub(super) fn in_fours(x: &CubeTensor) -> bool {
    x.meta
        .shape()
        .last()
        .is_some_and(|length| length.is_multiple_of(4))
}

/// Whether a kernel can read the maps of `[B, C, H, W]` in fours.
pub(super) fn maps_in_fours(x: &CubeTensor) -> bool {
    let [_, _, height, width] = dims(x);
    (height * width).is_multiple_of(4)
}

/// Row-major; a copy only where it was not.
pub(super) fn dense(tensor: CubeTensor) -> CubeTensor {
    into_contiguous(tensor)
}
