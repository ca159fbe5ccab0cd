//! Which device the command runs on.

use burn::tensor::Device;
use clap::ValueEnum;

use crate::files::Error;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Choice {
    /// A hardware GPU where there is one, else the CPU.
    #[default]
    Auto,
    /// The CPU.
    Cpu,
    /// A GPU, or whatever software stands in for one.
    Gpu,
}

/// Opens the device and names it on standard error.
pub(crate) fn open(choice: Choice) -> Result<Device, Error> {
    let (device, name) = match choice {
        Choice::Cpu => (Device::flex(), "CPU".to_string()),
        Choice::Gpu => gpu(true).ok_or_else(|| {
            Error::Usage("No GPU adapter was found; run with --device cpu, or install a Vulkan, Metal or DirectX driver.".into())
        })?,
        Choice::Auto => gpu(false).unwrap_or_else(|| (Device::flex(), "CPU".to_string())),
    };
    eprintln!("Running on {name}.");
    Ok(device)
}

#[cfg(feature = "gpu")]
fn gpu(software_too: bool) -> Option<(Device, String)> {
    use burn::tensor::wgpu::wgpu;
    let (device, setup) = Device::wgpu_options().init_with_setup().ok()?;
    let info = setup.adapter.get_info();
    // A software adapter is slower than the CPU backend, whose loops are made for a CPU.
    (software_too || info.device_type != wgpu::DeviceType::Cpu)
        .then(|| (device, format!("{} ({})", info.name, info.backend)))
}

#[cfg(not(feature = "gpu"))]
fn gpu(_: bool) -> Option<(Device, String)> {
    None
}
