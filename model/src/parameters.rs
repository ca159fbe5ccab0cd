//! Parameters by name: random initial values, and reading and writing a module's tensors.

use std::collections::BTreeMap;

use burn::{
    module::{Module, ModuleMapper, ModuleVisitor, Param},
    tensor::{Device, Tensor, TensorData},
};
use rand::Rng;
use rand_distr::{Distribution, StandardNormal};

/// A tensor in main memory.
#[derive(Clone, Debug, PartialEq)]
pub struct HostTensor {
    /// Its dimensions, outermost first.
    pub shape: Vec<usize>,
    /// Row-major values.
    pub values: Vec<f32>,
}

/// Tensors by dotted name, in alphabetical order.
pub type HostTensors = BTreeMap<String, HostTensor>;

/// A tensor that a module needs and a checkpoint does not have as needed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParameterError {
    /// The name is absent.
    #[error("The tensor '{0}' is missing.")]
    Missing(String),
    /// The name is there, with other dimensions.
    #[error("The tensor '{name}' has shape {found:?}, but this configuration needs {needed:?}.")]
    Shape {
        /// The tensor.
        name: String,
        /// Its dimensions in the file.
        found: Vec<usize>,
        /// The dimensions that the network has.
        needed: Vec<usize>,
    },
}

/// `count` values from N(0, deviation²).
pub fn normal_values(count: usize, deviation: f32, random: &mut impl Rng) -> Vec<f32> {
    (0..count)
        .map(|_| {
            let value: f32 = StandardNormal.sample(random);
            value * deviation
        })
        .collect()
}

/// A parameter from N(0, deviation²).
pub(crate) fn normal<const D: usize>(
    shape: [usize; D],
    deviation: f32,
    random: &mut impl Rng,
    device: &Device,
) -> Param<Tensor<D>> {
    let values = normal_values(shape.iter().product(), deviation, random);
    Param::from_tensor(Tensor::from_data(TensorData::new(values, shape), device))
}

/// A parameter with one value everywhere.
pub(crate) fn constant<const D: usize>(
    shape: [usize; D],
    value: f32,
    device: &Device,
) -> Param<Tensor<D>> {
    Param::from_tensor(Tensor::full(shape, value, device))
}

/// A random direction.
pub(crate) fn unit_vector(length: usize, random: &mut impl Rng, device: &Device) -> Tensor<1> {
    let mut values = normal_values(length, 1.0, random);
    let norm = values.iter().map(|v| v * v).sum::<f32>().sqrt() + 1e-12;
    values.iter_mut().for_each(|v| *v /= norm);
    Tensor::from_data(TensorData::new(values, [length]), device)
}

/// A named tensor of a module, flattened, still on its device.
pub struct DeviceTensor {
    /// Dotted path within the module.
    pub name: String,
    /// Its dimensions.
    pub shape: Vec<usize>,
    /// The values, row-major.
    pub values: Tensor<1>,
}

/// Every tensor of a module by its dotted path, buffers included, without gradients.
pub fn device_tensors(module: &impl Module) -> Vec<DeviceTensor> {
    struct Collect {
        path: Vec<String>,
        tensors: Vec<DeviceTensor>,
    }
    impl ModuleVisitor for Collect {
        fn enter_module(&mut self, name: &str, _: &str) {
            self.path.push(name.to_string());
        }
        fn exit_module(&mut self, _: &str, _: &str) {
            self.path.pop();
        }
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            let tensor = param.val();
            let tensor = if tensor.is_autodiff() {
                tensor.inner()
            } else {
                tensor
            };
            self.tensors.push(DeviceTensor {
                name: self.path.join("."),
                shape: tensor.dims().to_vec(),
                values: tensor.reshape([-1]),
            });
        }
    }
    let mut collect = Collect {
        path: Vec::new(),
        tensors: Vec::new(),
    };
    module.visit(&mut collect);
    collect.tensors
}

/// Something done to every tensor of a module, buffers included.
pub(crate) trait NamedMapper {
    /// What becomes of the tensor at this dotted path.
    fn map<const D: usize>(&mut self, name: String, param: Param<Tensor<D>>) -> Param<Tensor<D>>;
}

/// `module` with every tensor replaced.
pub(crate) fn map_named<M: Module>(module: M, mapper: &mut impl NamedMapper) -> M {
    struct Walk<'a, N> {
        path: Vec<String>,
        mapper: &'a mut N,
    }
    impl<N: NamedMapper> ModuleMapper for Walk<'_, N> {
        fn enter_module(&mut self, name: &str, _: &str) {
            self.path.push(name.to_string());
        }
        fn exit_module(&mut self, _: &str, _: &str) {
            self.path.pop();
        }
        fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
            self.mapper.map(self.path.join("."), param)
        }
    }
    module.map(&mut Walk {
        path: Vec::new(),
        mapper,
    })
}

/// The device was lost, or ran out of memory.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "The device did not give its results back ({0}); it may be lost or short of memory. Try again \
     with fewer pictures at once, or on the CPU."
)]
pub struct ReadError(String);

/// Every tensor of a module, read back. Asynchronous, since a browser allows nothing else.
///
/// # Errors
/// If the device does not answer.
pub async fn host_tensors(module: &impl Module) -> Result<HostTensors, ReadError> {
    let mut tensors = HostTensors::new();
    for DeviceTensor {
        name,
        shape,
        values,
    } in device_tensors(module)
    {
        let values = read(values).await?;
        tensors.insert(name, HostTensor { shape, values });
    }
    Ok(tensors)
}

/// Reads a device tensor as f32.
///
/// # Errors
/// If the device does not answer.
pub async fn read<const D: usize>(tensor: Tensor<D>) -> Result<Vec<f32>, ReadError> {
    match tensor.into_data_async().await {
        Ok(data) => Ok(data.iter::<f32>().collect()),
        Err(error) => Err(ReadError(format!("{error:?}"))),
    }
}

/// Replaces every tensor of `module` by the one named `prefix` + its path.
///
/// Checks all names and shapes before it changes anything.
pub fn load<M: Module>(
    module: M,
    tensors: &HostTensors,
    prefix: &str,
) -> Result<M, ParameterError> {
    for DeviceTensor { name, shape, .. } in device_tensors(&module) {
        let name = format!("{prefix}{name}");
        let Some(tensor) = tensors.get(&name) else {
            return Err(ParameterError::Missing(name));
        };
        if tensor.shape != shape {
            return Err(ParameterError::Shape {
                name,
                found: tensor.shape.clone(),
                needed: shape,
            });
        }
    }
    struct Replace<'a> {
        prefix: &'a str,
        tensors: &'a HostTensors,
    }
    impl NamedMapper for Replace<'_> {
        fn map<const D: usize>(
            &mut self,
            name: String,
            param: Param<Tensor<D>>,
        ) -> Param<Tensor<D>> {
            let host = &self.tensors[&format!("{}{name}", self.prefix)];
            param.map(|old| {
                let data = TensorData::new(host.values.clone(), old.dims());
                let new = Tensor::from_data(data, &old.device());
                if old.is_require_grad() {
                    new.require_grad()
                } else {
                    new
                }
            })
        }
    }
    Ok(map_named(module, &mut Replace { prefix, tensors }))
}
