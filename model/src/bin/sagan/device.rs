//! Which device the command runs on.

use burn::tensor::Device;
#[cfg(feature = "gpu")]
use burn::tensor::wgpu::{WgpuSetup, wgpu};
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

/// A device and its name.
pub(crate) struct Opened {
    device: Device,
    pub(crate) name: String,
    pub(crate) gpu: bool,
    /// A processor plays the GPU.
    pub(crate) software: bool,
    #[cfg(feature = "gpu")]
    setup: Option<WgpuSetup>,
}

impl Opened {
    fn cpu() -> Self {
        Self {
            device: Device::flex(),
            name: "CPU".into(),
            gpu: false,
            software: false,
            #[cfg(feature = "gpu")]
            setup: None,
        }
    }

    /// The same device with no kernel compiled yet.
    pub(crate) fn fresh(&self) -> Result<Device, Error> {
        #[cfg(feature = "gpu")]
        if let Some(setup) = &self.setup {
            return Device::wgpu_options()
                .setup(setup.clone())
                .init()
                .map_err(|error| Error::Usage(format!("{} failed: {error}.", self.name)));
        }
        Ok(self.device.clone())
    }
}

/// Opens the device and names it on standard error.
pub(crate) fn open(choice: Choice) -> Result<Device, Error> {
    let opened = open_named(choice)?;
    eprintln!("Running on {}.", opened.name);
    Ok(opened.device)
}

/// Opens the device.
pub(crate) fn open_named(choice: Choice) -> Result<Opened, Error> {
    match choice {
        Choice::Cpu => Ok(Opened::cpu()),
        Choice::Gpu => gpu(true).ok_or_else(|| {
            Error::Usage("No GPU adapter was found; run with --device cpu, or install a Vulkan, Metal or DirectX driver.".into())
        }),
        Choice::Auto => Ok(gpu(false).unwrap_or_else(Opened::cpu)),
    }
}

#[cfg(feature = "gpu")]
fn gpu(software_too: bool) -> Option<Opened> {
    let (device, setup) = Device::wgpu_options().init_with_setup().ok()?;
    let info = setup.adapter.get_info();
    let software = info.device_type == wgpu::DeviceType::Cpu;
    saganscope_shaders::gpu_is_software(software);
    // A software adapter is slower than the CPU backend, whose loops are made for a CPU.
    (software_too || !software).then(|| Opened {
        device,
        name: format!("{} ({})", info.name, info.backend),
        gpu: true,
        software,
        setup: Some(setup),
    })
}

#[cfg(not(feature = "gpu"))]
fn gpu(_: bool) -> Option<Opened> {
    None
}
