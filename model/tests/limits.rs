//! What is said to fit a GPU with the limits that WebGPU promises does, and the next batch is
//! refused; without an adapter these tests fail.

#![cfg(feature = "gpu")]
#![allow(clippy::unwrap_used)]

use burn::tensor::{
    Device, Tensor,
    wgpu::{WgpuSetup, wgpu},
};
use pollster::block_on;
use saganscope_model::{
    attention::AttentionState,
    config::SaganConfig,
    host::read,
    limits::{LimitError, check_batch, check_whole_maps, most_pictures, most_whole_maps},
};

/// Whatever adapter there is, held to 128 MiB a binding.
fn promised() -> Device {
    let (_, setup) = Device::wgpu_options().init_with_setup().unwrap();
    // Burn takes it that the device has what the adapter has, these apart.
    let unwanted =
        wgpu::Features::MAPPABLE_PRIMARY_BUFFERS | wgpu::Features::all_experimental_mask();
    let features = setup.adapter.features();
    let request = setup.adapter.request_device(&wgpu::DeviceDescriptor {
        required_features: features - unwanted,
        required_limits: wgpu::Limits {
            max_storage_buffer_binding_size: 128 << 20,
            ..setup.adapter.limits()
        },
        ..wgpu::DeviceDescriptor::default()
    });
    let (device, queue) = block_on(request).unwrap();
    let setup = WgpuSetup {
        device,
        queue,
        ..setup
    };
    Device::wgpu_options().setup(setup).init().unwrap()
}

#[test]
fn what_fits_the_promised_limits_works_and_the_next_is_refused() {
    let device = promised();
    let wide = SaganConfig::sized(128, 64, 128);
    assert_eq!(most_pictures(&wide, &device), Ok(128));
    assert_eq!(check_batch(&wide, 128, &device), Ok(()));
    assert_eq!(
        check_batch(&wide, 129, &device.clone().autodiff()),
        Err(LimitError::Batch {
            batch: 129,
            conv_dim: 64,
            size: 128,
            most: 128,
        })
    );

    // Two whole maps of 4096×4096 are 128 MiB, the very limit.
    let thin = SaganConfig::sized(128, 8, 128);
    let most = most_whole_maps(&thin, &device).unwrap();
    assert_eq!(most, 2);
    assert!(check_whole_maps(&thin, most + 1, &device).is_err());
    let state = AttentionState {
        queries: Tensor::zeros([most, 1, 4096], &device),
        keys: Tensor::zeros([most, 1, 4096], &device),
    };
    let map = block_on(read(state.map())).unwrap();
    assert_eq!(map.len(), most * 4096 * 4096);
    assert!(map.iter().all(|&share| share == 1.0 / 4096.0));
}
