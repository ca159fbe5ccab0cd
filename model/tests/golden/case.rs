//! A golden case: where its files are, and its networks on a device.

use std::{
    path::{Path, PathBuf},
    sync::OnceLock,
};

use burn::tensor::{Device, Tensor, TensorData};
use pollster::block_on;
use saganscope_model::{
    checkpoint::{Checkpoint, read_pytorch, read_tensors},
    discriminator::Discriminator,
    generator::Generator,
    host::{HostTensor, HostTensors, read},
    latents::{Purpose, stream},
    parameters::load,
    train::{TrainConfig, Trainer},
};

/// A folder of `tests/golden`: the networks `G.pth` and `D.pth`, what they make of `z` and
/// `pictures` in `forward.safetensors`, and three steps of them in `train.safetensors`.
pub(crate) struct Case {
    pub(crate) folder: &'static str,
    /// How far the update of all three steps may be off, relative to its size: the generator's and
    /// the discriminator's.
    pub(crate) third_update: [f64; 2],
}

impl Case {
    fn path(&self, file: &str) -> PathBuf {
        let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/golden");
        golden.join(self.folder).join(file)
    }

    pub(crate) fn numbers(&self, file: &str) -> HostTensors {
        read_tensors(&std::fs::read(self.path(file)).unwrap()).unwrap()
    }

    pub(crate) fn network(&self, file: &str) -> Checkpoint {
        read_pytorch(std::fs::read(self.path(file)).unwrap()).unwrap()
    }

    pub(crate) fn generator(&self, device: &Device) -> Generator {
        self.network("G.pth").generator(device).unwrap()
    }

    pub(crate) fn discriminator(&self, device: &Device) -> Discriminator {
        let checkpoint = self.network("D.pth");
        let blank = Discriminator::init(
            &checkpoint.header.config,
            &mut stream(0, Purpose::Weights, 0),
            device,
        );
        load(blank, &checkpoint.tensors, "discriminator.").unwrap()
    }

    /// Before the first of the golden steps.
    pub(crate) fn trainer(&self, device: &Device) -> Trainer {
        let device = device.clone().autodiff();
        let config = self.network("G.pth").header.config;
        let batch = self.numbers("train.safetensors")["step0.z_d"].shape[0];
        Trainer::from_networks(
            config,
            TrainConfig::new(batch, 0),
            self.generator(&device),
            self.discriminator(&device),
            &device,
        )
    }
}

pub(crate) fn gpu() -> Device {
    static GPU: OnceLock<Device> = OnceLock::new();
    GPU.get_or_init(|| {
        Device::wgpu_options()
            .init()
            .expect("these tests need a wgpu adapter")
    })
    .clone()
}

pub(crate) fn upload<const D: usize>(tensor: &HostTensor, device: &Device) -> Tensor<D> {
    let data = TensorData::new(tensor.values.clone(), tensor.shape.clone());
    Tensor::from_data(data, device)
}

pub(crate) fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    block_on(read(tensor)).unwrap()
}
