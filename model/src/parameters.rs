//! Walking over a module's parameters by name: reading, replacing, loading.

use burn::{
    module::{Module, ModuleMapper, ModuleVisitor, Param},
    tensor::{Tensor, TensorData},
};

use crate::host::{HostTensor, HostTensors, ReadError, read_all};

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

/// Every tensor of a module, read back. Asynchronous, since a browser allows nothing else.
///
/// # Errors
/// If the device does not answer.
pub async fn host_tensors(module: &impl Module) -> Result<HostTensors, ReadError> {
    let (places, values): (Vec<_>, Vec<_>) = device_tensors(module)
        .into_iter()
        .map(|tensor| ((tensor.name, tensor.shape), tensor.values))
        .unzip();
    let values = read_all(values).await?;
    let tensors = places.into_iter().zip(values);
    Ok(tensors
        .map(|((name, shape), values)| (name, HostTensor { shape, values }))
        .collect())
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
