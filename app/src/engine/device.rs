//! Choosing the device: the GPU where WebGPU offers what Burn needs, else the CPU.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use burn::tensor::{
    Device,
    wgpu::{WgpuSetup, wgpu},
};
use js_sys::Reflect;
use wasm_bindgen::JsValue;

use super::outbox;
use crate::protocol::{Answer, DeviceChoice, DeviceInfo};

/// The devices that models and runs are on. There is one GPU, whatever word it was asked for with,
/// so that all share its compiled programs and its memory; once lost it is never handed out again.
#[derive(Default)]
pub(super) struct Devices {
    gpu: Option<Gpu>,
}

struct Gpu {
    device: Device,
    name: String,
    software: bool,
    lost: Arc<AtomicBool>,
}

impl Devices {
    /// The device that the page chose, and what it is.
    ///
    /// # Errors
    /// A sentence, where the GPU was lost: whoever wants it needs another worker.
    pub(super) async fn get(
        &mut self,
        choice: DeviceChoice,
    ) -> Result<(Device, DeviceInfo), String> {
        if choice == DeviceChoice::Cpu {
            return Ok(cpu("The CPU was asked for in the page's address.".into()));
        }
        let software_too = choice == DeviceChoice::Gpu;
        if self.gpu.is_none() {
            match open_gpu(software_too).await {
                Ok(gpu) => self.gpu = Some(gpu),
                Err(note) => return Ok(cpu(note)),
            }
        }
        match &self.gpu {
            Some(gpu) if gpu.lost.load(Ordering::Relaxed) => Err(lost_sentence("")),
            Some(gpu) if gpu.software && !software_too => Ok(cpu(software_note(&gpu.name))),
            Some(gpu) => Ok((
                gpu.device.clone(),
                DeviceInfo {
                    gpu: true,
                    name: gpu.name.clone(),
                    note: None,
                },
            )),
            None => Ok(cpu(NONE.into())),
        }
    }
}

const NONE: &str = "This browser offers no WebGPU, so the CPU is used instead.";

fn cpu(note: String) -> (Device, DeviceInfo) {
    let info = DeviceInfo {
        gpu: false,
        name: "CPU".to_string(),
        note: Some(note),
    };
    (Device::flex(), info)
}

fn software_note(name: &str) -> String {
    let name = in_brackets(name);
    format!(
        "This browser's only GPU is software{name}, so the CPU is used instead, which is faster; ?device=gpu in the address tries it all the same."
    )
}

/// The GPU, or one sentence on why there is none. What is checked, named and used is one and the
/// same adapter.
async fn open_gpu(software_too: bool) -> Result<Gpu, String> {
    let navigator = property(&js_sys::global(), "navigator");
    if navigator.and_then(|n| property(&n, "gpu")).is_none() {
        return Err(NONE.into());
    }
    let instance = wgpu::Instance::new(wgpu::InstanceDescriptor {
        backends: wgpu::Backends::BROWSER_WEBGPU,
        ..wgpu::InstanceDescriptor::new_without_display_handle()
    });
    let adapter = instance
        .request_adapter(&wgpu::RequestAdapterOptions {
            power_preference: wgpu::PowerPreference::HighPerformance,
            ..Default::default()
        })
        .await
        .map_err(
            |_| "The browser knows WebGPU but found no GPU for it, so the CPU is used instead.",
        )?;
    // Burn's runtime times its kernels with these and panics on the web without them.
    if !adapter.features().contains(wgpu::Features::TIMESTAMP_QUERY) {
        return Err("This browser's WebGPU lacks timestamp queries, which the engine needs, so the CPU is used instead.".into());
    }
    // A GPU played by the processor is several times slower than loops made for a processor.
    let software = adapter.get_info().device_type == wgpu::DeviceType::Cpu;
    if software && !software_too {
        return Err(software_note(&adapter.get_info().name));
    }
    saganscope_model::gpu_is_software(software);
    let (device, queue) = adapter
        .request_device(&wgpu::DeviceDescriptor {
            label: Some("Saganscope"),
            required_features: adapter.features(),
            required_limits: adapter.limits(),
            memory_hints: wgpu::MemoryHints::MemoryUsage,
            ..Default::default()
        })
        .await
        .map_err(could_not_be_opened)?;
    // Burn asks the device for it without looking, which older browsers do not survive.
    let Some(adapter_info) = device
        .as_webgpu()
        .and_then(|device| property(device.as_ref(), "adapterInfo"))
    else {
        return Err("This browser's WebGPU does not tell what its GPU is, as older ones do not, so the CPU is used instead.".into());
    };
    let lost = Arc::new(AtomicBool::new(false));
    tell_when_lost(&device, &lost);
    let device = Device::wgpu_options()
        .setup(WgpuSetup {
            instance,
            adapter,
            device,
            queue,
            backend: wgpu::Backend::BrowserWebGpu,
        })
        .init()
        .map_err(could_not_be_opened)?;
    Ok(Gpu {
        device,
        name: adapter_name(&adapter_info),
        software,
        lost,
    })
}

fn could_not_be_opened(error: impl std::fmt::Display) -> String {
    format!("The GPU could not be opened ({error}), so the CPU is used instead.")
}

/// Remembers the loss of a device, and tells the page at once, though nothing was asked.
fn tell_when_lost(device: &wgpu::Device, lost: &Arc<AtomicBool>) {
    let lost = Arc::clone(lost);
    device.set_device_lost_callback(move |_, message| {
        lost.store(true, Ordering::Relaxed);
        let sentence = lost_sentence(&message);
        outbox::post(0, Answer::Lost { sentence });
    });
}

fn lost_sentence(message: &str) -> String {
    let detail = in_brackets(message.trim().trim_end_matches('.'));
    format!(
        "The GPU was lost{detail}: its driver was reset, the machine slept, or another program took it. Start again; if it happens often, ?device=cpu in the address runs without it."
    )
}

/// " (text)", or nothing where there is none: browsers keep some of it to themselves.
fn in_brackets(text: &str) -> String {
    if text.is_empty() {
        String::new()
    } else {
        format!(" ({text})")
    }
}

/// What the browser tells of the adapter: its description, else vendor and architecture.
fn adapter_name(info: &JsValue) -> String {
    let text = |key: &str| {
        property(info, key)
            .and_then(|value| value.as_string())
            .filter(|text| !text.is_empty())
    };
    let parts = [text("vendor"), text("architecture")];
    let short = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
    text("description")
        .or_else(|| Some(short).filter(|s| !s.is_empty()))
        .unwrap_or_else(|| "GPU".into())
}

/// A property that is there and neither null nor undefined.
fn property(object: &JsValue, key: &str) -> Option<JsValue> {
    Reflect::get(object, &key.into())
        .ok()
        .filter(|value| !value.is_null() && !value.is_undefined())
}
