//! What a device can take.

use burn::tensor::Device;

/// The longest tensor in bytes that an operation on `device` can take; none where only memory ends
/// it, on a CPU.
///
/// A longer one can be written down, but whatever uses it fails when its values are read.
pub fn largest_tensor(device: &Device) -> Option<u64> {
    #[cfg(feature = "gpu")]
    if let Some(client) = crate::gpu::client(device) {
        return Some(client.properties().memory.max_page_size);
    }
    let _ = device;
    None
}
