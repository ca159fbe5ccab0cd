//! Backward passes and Adam: the gradients of a first step, and the networks after one and three.

use burn::{
    module::{Module, ModuleVisitor, Param},
    tensor::{Device, Gradients, Tensor},
};
use pollster::block_on;
use saganscope_distance::{absolute, relative};
use saganscope_model::{
    checkpoint::from_pytorch,
    host::{HostTensor, HostTensors},
    parameters::host_tensors,
    train::Trainer,
};

use crate::case::{Case, upload, values};

/// Some parameters have a true gradient of zero; what they get is rounding noise, of which Adam
/// makes full-size steps:
/// - biases in front of a batch norm, which takes the mean away again;
/// - biases of keys, which shift a whole row of energies, as the softmax does not notice;
/// - in these first steps, where no hinge term is met yet, what adds the same to every score: the
///   discriminator's last bias and, straight before that linear layer, the value bias of its last
///   attention. Real and fake pictures pull them by the same amount in opposite directions.
fn has_gradient(name: &str) -> bool {
    let before_norm = name.starts_with("generator.stages.")
        && name.ends_with(".bias")
        && !name.contains(".norm.");
    let same_for_all = [
        "discriminator.last_bias",
        "discriminator.attention.1.value.bias",
    ];
    !before_norm && !name.ends_with(".key.bias") && !same_for_all.contains(&name)
}

fn is_buffer(name: &str) -> bool {
    name.contains(".sigma.") || name.contains(".running_")
}

struct Collect<'a> {
    gradients: &'a Gradients,
    path: Vec<String>,
    found: HostTensors,
}

impl ModuleVisitor for Collect<'_> {
    fn enter_module(&mut self, name: &str, _: &str) {
        self.path.push(name.to_string());
    }
    fn exit_module(&mut self, _: &str, _: &str) {
        self.path.pop();
    }
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if let Some(gradient) = param.val().grad(self.gradients) {
            let shape = gradient.dims().to_vec();
            let values = values(gradient);
            let tensor = HostTensor { shape, values };
            self.found.insert(self.path.join("."), tensor);
        }
    }
}

pub(crate) fn gradients(case: &Case, device: &Device) {
    let golden = case.numbers("train.safetensors");
    let mut trainer = case.trainer(device);
    let device = device.clone().autodiff();
    trainer.update_discriminator(
        upload(&golden["step0.real"], &device),
        upload::<2>(&golden["step0.z_d"], &device),
    );
    let (_, gradients) = trainer.generator_gradients(upload::<2>(&golden["step0.z_g"], &device));
    let mut collect = Collect {
        gradients: &gradients,
        path: Vec::new(),
        found: HostTensors::new(),
    };
    trainer.generator.visit(&mut collect);
    let mut checked = 0;
    for (name, wanted) in &golden {
        let Some(name) = name.strip_prefix("step0.grad.G.") else {
            continue;
        };
        let name = from_pytorch(name).unwrap();
        let found = &collect.found[&name].values;
        let what = format!("gradient of {name}");
        if has_gradient(&format!("generator.{name}")) {
            relative(found, &wanted.values).within(1e-3, what);
        } else {
            absolute(found, &wanted.values).within(1e-6, what);
        }
        checked += 1;
    }
    assert_eq!(
        checked,
        collect.found.len(),
        "every parameter has a golden gradient"
    );
}

pub(crate) fn three_steps(case: &Case, device: &Device) {
    let golden = case.numbers("train.safetensors");
    let mut trainer = case.trainer(device);
    let device = device.clone().autodiff();
    let before = state(&trainer);
    for step in 0..3 {
        let get = |what: &str| &golden[&format!("step{step}.{what}")];
        let losses = trainer.update(
            upload(get("real"), &device),
            upload::<2>(get("z_d"), &device),
            upload::<2>(get("z_g"), &device),
        );
        let found = [values(losses.discriminator)[0], values(losses.generator)[0]];
        let wanted = &golden["losses"].values[2 * step..2 * step + 2];
        absolute(&found, wanted).within(1e-3, format!("losses of step {step}"));
        match step {
            0 => check_update(&golden, "after1.", &before, &state(&trainer), [1e-3; 2]),
            2 => check_update(
                &golden,
                "after3.",
                &before,
                &state(&trainer),
                case.third_update,
            ),
            _ => {}
        }
    }
}

/// All parameters and buffers of both networks.
fn state(trainer: &Trainer) -> HostTensors {
    let named = |prefix: &'static str, tensors: HostTensors| {
        tensors
            .into_iter()
            .map(move |(name, tensor)| (format!("{prefix}{name}"), tensor))
    };
    let generator = block_on(host_tensors(&trainer.generator)).unwrap();
    let discriminator = block_on(host_tensors(&trainer.discriminator)).unwrap();
    named("generator.", generator)
        .chain(named("discriminator.", discriminator))
        .collect()
}

/// What PyTorch calls `after1.G.l3.0.module.weight_bar`, and so on; nothing for the counter that
/// only it keeps, and for what is not `after` these steps.
fn our_name(theirs: &str, after: &str) -> Option<String> {
    let (network, name) = theirs.strip_prefix(after)?.split_once('.')?;
    if name.ends_with("num_batches_tracked") {
        return None;
    }
    let network = match network {
        "G" => "generator",
        "D" => "discriminator",
        other => panic!("{other} is no network"),
    };
    Some(format!("{network}.{}", from_pytorch(name).unwrap()))
}

/// Each network's whole update, and each buffer, against PyTorch's.
fn check_update(
    golden: &HostTensors,
    after: &str,
    old: &HostTensors,
    new: &HostTensors,
    tolerances: [f64; 2],
) {
    for (network, tolerance) in ["generator.", "discriminator."].into_iter().zip(tolerances) {
        let (mut found, mut wanted, mut compared) = (Vec::new(), Vec::new(), 0);
        for (theirs, reference) in golden {
            let Some(name) = our_name(theirs, after).filter(|name| name.starts_with(network))
            else {
                continue;
            };
            let (old, new) = (&old[&name].values, &new[&name].values);
            assert_eq!(new.len(), reference.values.len(), "{name}");
            compared += 1;
            if is_buffer(&name) {
                absolute(new, &reference.values).within(1e-3, format!("{after} {name}"));
            } else if has_gradient(&name) {
                found.extend(new.iter().zip(old).map(|(a, b)| a - b));
                wanted.extend(reference.values.iter().zip(old).map(|(a, b)| a - b));
            }
        }
        let ours = new.keys().filter(|name| name.starts_with(network));
        assert_eq!(compared, ours.count(), "all of the {network} is compared");
        let off = relative(&found, &wanted);
        println!("{after} update of the {network}: {:e}", off.size);
        off.within(tolerance, format!("{after} update of the {network}"));
    }
}
