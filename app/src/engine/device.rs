//! Choosing the device: the GPU where WebGPU offers what Burn needs, else the CPU.

use burn::tensor::Device;
use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::protocol::{DeviceChoice, DeviceInfo};

/// The devices opened so far, by what was asked for: whoever asks for the same gets the same, with
/// its compiled programs and its memory.
#[derive(Default)]
pub(super) struct Devices {
    opened: Vec<(DeviceChoice, Device, DeviceInfo)>,
}

impl Devices {
    /// The device that the page chose, and what it is.
    pub(super) async fn get(&mut self, choice: DeviceChoice) -> (Device, DeviceInfo) {
        let known = self.opened.iter().find(|(of, ..)| *of == choice);
        if let Some((_, device, info)) = known {
            return (device.clone(), info.clone());
        }
        let (device, info) = open(choice).await;
        self.opened.push((choice, device.clone(), info.clone()));
        (device, info)
    }
}

async fn open(choice: DeviceChoice) -> (Device, DeviceInfo) {
    let note = match choice {
        DeviceChoice::Cpu => "The CPU was asked for in the page's address.".to_string(),
        DeviceChoice::Auto | DeviceChoice::Gpu => {
            match open_gpu(choice == DeviceChoice::Gpu).await {
                Ok(opened) => return opened,
                Err(sentence) => sentence,
            }
        }
    };
    let info = DeviceInfo {
        gpu: false,
        name: "CPU".to_string(),
        note: Some(note),
    };
    (Device::flex(), info)
}

/// The GPU, or one sentence on why there is none.
async fn open_gpu(software_too: bool) -> Result<(Device, DeviceInfo), String> {
    let adapter = request_adapter().await?;
    // Burn's runtime times its kernels with these and panics on the web without them.
    if !has_feature(&adapter, "timestamp-query") {
        return Err("This browser's WebGPU lacks timestamp queries, which the engine needs, so the CPU is used instead.".into());
    }
    let name = adapter_name(&adapter);
    // A GPU played by the processor is several times slower than loops made for a processor.
    if !software_too && is_software(&adapter) {
        return Err(format!(
            "This browser's only GPU is software ({name}), so the CPU is used instead, which is faster; ?device=gpu in the address tries it all the same."
        ));
    }
    let (device, _) = Device::wgpu_options()
        .init_with_setup_async()
        .await
        .map_err(|error| {
            format!("The GPU could not be opened ({error}), so the CPU is used instead.")
        })?;
    Ok((
        device,
        DeviceInfo {
            gpu: true,
            name,
            note: None,
        },
    ))
}

async fn request_adapter() -> Result<JsValue, String> {
    let none = || "This browser offers no WebGPU, so the CPU is used instead.".to_string();
    let navigator = get(&js_sys::global(), "navigator").ok_or_else(none)?;
    let gpu = get(&navigator, "gpu").ok_or_else(none)?;
    let request: Function = get(&gpu, "requestAdapter")
        .and_then(|f| f.dyn_into().ok())
        .ok_or_else(none)?;
    let promise: Promise = request
        .call0(&gpu)
        .ok()
        .and_then(|promise| promise.dyn_into().ok())
        .ok_or_else(none)?;
    let adapter = JsFuture::from(promise).await.map_err(|_| none())?;
    if adapter.is_null() || adapter.is_undefined() {
        return Err(
            "The browser knows WebGPU but found no GPU for it, so the CPU is used instead.".into(),
        );
    }
    Ok(adapter)
}

/// Asks `GPUSupportedFeatures`, which is set-like but no `Set`.
fn has_feature(adapter: &JsValue, feature: &str) -> bool {
    let Some(features) = get(adapter, "features") else {
        return false;
    };
    get(&features, "has")
        .and_then(|has| has.dyn_into::<Function>().ok())
        .and_then(|has| has.call1(&features, &feature.into()).ok())
        .is_some_and(|answer| answer.is_truthy())
}

fn is_software(adapter: &JsValue) -> bool {
    get(adapter, "info")
        .and_then(|info| get(&info, "isFallbackAdapter"))
        .is_some_and(|answer| answer.is_truthy())
}

/// What the browser tells of the adapter: its description, else vendor and architecture.
fn adapter_name(adapter: &JsValue) -> String {
    let text = |key: &str| {
        get(adapter, "info")
            .and_then(|info| get(&info, key))
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
fn get(object: &JsValue, key: &str) -> Option<JsValue> {
    Reflect::get(object, &key.into())
        .ok()
        .filter(|value| !value.is_null() && !value.is_undefined())
}
